"""hipaa-stack.yaml: defaults, and one clear line for each mistake."""

import datetime as dt

import pytest

from hipaa_stack.settings import Profile, Settings, SettingsError, WaiverFile

WAIVER = """
waivers:
  - rule: K8S-POD-001
    resource: "*falco*"
    justification: The runtime sensor must see the kernel.
    approver: Security officer
    reviewed_on: 2026-11-01
    risk_analysis_ref: RA-12
    expires: {expires}
"""


@pytest.fixture
def read(tmp_path):
    def write_and_read(content: str | bytes) -> Settings:
        path = tmp_path / "hipaa-stack.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Settings.read(path)

    return write_and_read


@pytest.mark.parametrize("empty", ["", "{}", "# nothing\n", "---\n"])
def test_an_empty_file_means_the_defaults(read, empty):
    assert read(empty) == Settings()
    assert Settings().profile is Profile.REQUIRED


def test_everything_can_be_said(read):
    settings = read(
        "profile: strict\nstrict: true\nmin_cluster_version: '1.35'\nallowed_registries: [registry.example.org/]\n"
        + WAIVER.format(expires="2027-10-31")
    )
    assert settings.profile is Profile.STRICT
    assert settings.waivers[0].expires == dt.date(2027, 10, 31)
    assert settings.allowed_registries == ("registry.example.org/",)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("profile: loose", 1, "profile: got 'loose'; input should be 'required', 'recommended', 'strict' or 'nprm-2025'"),
        ("strict: false\nprofil: strict", 2, "profil: unknown setting; accepted: profile, strict"),
        ("strict: true\nprofile: strict\nstrict: false", 3, "strict: given twice"),
        ("1: x", 1, "keys should be strings"),
        ("strict: perhaps", 1, "strict: got 'perhaps'"),
        ("- a", 1, "got seq; accepted: a mapping"),
        ("a: [", 1, "not valid YAML"),
        ("a: &x [1]\nb: *x", 2, "aliases are not accepted"),
        ("a: 1\n---\nb: 2", 2, "not valid YAML: but found another document"),
        ("required_tags: owner", 1, "required_tags: got 'owner'"),
        ("min_cluster_version: '2.1'", 1, "min_cluster_version: got '2.1'"),
        (WAIVER.format(expires="2028-01-01"), 3, "expires: got 2028-01-01; accepted: from 2026-11-01 (the review) to 2027-11-01"),
        (WAIVER.format(expires="2026-10-01"), 3, "expires: got 2026-10-01"),
        (WAIVER.format(expires="soon"), 9, "waivers.0.expires: got 'soon'"),
        (WAIVER.replace("K8S-POD-001", "privileged").format(expires="2027-01-01"), 3, "waivers.0.rule: got 'privileged'"),
        (WAIVER.replace("    approver: Security officer\n", "").format(expires="2027-01-01"), 3, "waivers.0.approver: missing"),
    ],
)
def test_refuses_with_file_and_line(read, content, line, message):
    with pytest.raises(SettingsError) as error:
        read(content)
    assert f"hipaa-stack.yaml:{line}: " in str(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"a: \x00", "not valid YAML"),
        (b"reviewed: 2026-02-31", "day is out of range"),
        (b"# " + b"x" * 1_000_001, "larger than"),
    ],
)
def test_refuses_what_is_no_settings_file(read, content, message):
    with pytest.raises(SettingsError, match=message):
        read(content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"absent\.yaml: No such file"):
        Settings.read(tmp_path / "absent.yaml")


def test_a_file_of_waivers_holds_nothing_else(tmp_path):
    path = tmp_path / "waivers.yaml"
    path.write_text(WAIVER.format(expires="2027-10-31"))
    assert [waiver.rule for waiver in WaiverFile.read(path).waivers] == ["K8S-POD-001"]
    path.write_text("strict: true\n" + WAIVER.format(expires="2027-10-31"))
    with pytest.raises(SettingsError, match=r"waivers.yaml:1: strict: unknown setting; accepted: waivers$"):
        WaiverFile.read(path)
