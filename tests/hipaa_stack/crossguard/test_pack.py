"""The two files of the pack, and what starting it loads."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from pathlib import Path

from hipaa_stack.crossguard import pack_path

CHECKOUT = Path(__file__).parents[3]


def test_users_of_the_repository_and_of_the_wheel_run_the_same_files():
    files = {path.name for path in pack_path().iterdir() if path.is_file()}
    assert files == {"PulumiPolicy.yaml", "__main__.py"}
    assert filecmp.cmpfiles(pack_path(), CHECKOUT / "policy_packs" / "hipaa", sorted(files), shallow=False) == (sorted(files), [], [])


def test_the_pack_of_the_repository_asks_for_the_released_distribution():
    (line,) = (CHECKOUT / "policy_packs" / "hipaa" / "requirements.txt").read_text().splitlines()
    assert line.startswith("hipaa-stack[pulumi]>=")


def test_where_the_pack_lies_is_known_without_pulumi_or_grpc():
    program = "import sys; from hipaa_stack.crossguard import pack_path; assert pack_path().is_dir(); print({'pulumi', 'grpc'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_the_server_loads_no_cloud_sdk_and_no_stock_policy_server():
    foreign = "{'pulumi_aws', 'pulumi_gcp', 'pulumi_kubernetes', 'pulumi_policy', 'hipaa_components', 'click', 'cryptography'}"
    program = f"import sys, hipaa_stack.crossguard._server as server; server.all_rules(); print({foreign} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_without_hipaa_stack_the_pack_says_what_to_install(tmp_path):
    command = [sys.executable, "-I", "-S", str(pack_path() / "__main__.py")]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "pip install 'hipaa-stack[pulumi]'" in result.stderr
    assert "Traceback" not in result.stderr
