"""docs/doctor.md: its policy is what the code calls, its example is what the verb prints."""

import json
import re
from pathlib import Path

from hipaa_stack.cli.main import run
from hipaa_stack.doctor._account import READS

PAGE = (Path(__file__).parents[3] / "docs/doctor.md").read_text()


def test_the_policy_allows_exactly_what_is_called():
    (statement,) = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])["Statement"]
    assert statement["Action"] == sorted(READS.values())


def without_versions(text):
    return re.sub(r"\d+\.\d+\.\d+", "1.2.3", text)


def test_the_example_is_what_doctor_prints(cloud, project, programs, monkeypatch, capsys):
    programs(pulumi="v3.250.0", pulumi_language_python="", aws="")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states?region=us-east-1")
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="states")
    s3.put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
    monkeypatch.chdir(project({"network": {"az_count": 2}}, encryptionsalt="v1:abc"))
    (line, shown) = re.search(r"```console\n\$ hipaa-stack (.*?)\n(.*?)```", PAGE, re.DOTALL).groups()
    assert run(line.split()) == 1
    assert without_versions(capsys.readouterr().out) == without_versions(shown)
