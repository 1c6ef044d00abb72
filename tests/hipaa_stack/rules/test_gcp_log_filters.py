"""What filters of Cloud Logging let through of the audit logs."""

import pytest

from hipaa_stack.rules.gcp._audit_logs import AUDIT_LOGS
from hipaa_stack.rules.gcp._log_filters import Share, read

ACTIVITY, DATA_ACCESS = AUDIT_LOGS
NONE, UNSURE, SOME, ALL = Share


@pytest.mark.parametrize(
    ("text", "activity", "data_access"),
    [
        ("", ALL, ALL),
        ("  -- everything\n", ALL, ALL),
        ('logName:"cloudaudit.googleapis.com"', ALL, ALL),
        ("logName:cloudaudit.googleapis.com", ALL, ALL),
        ("LOGNAME : 'CloudAudit'", ALL, ALL),
        ("logName:*", ALL, ALL),
        ('logName="projects/p/logs/cloudaudit.googleapis.com%2Factivity"', ALL, NONE),
        ('logName:"projects/p/logs/cloudaudit.googleapis.com"', ALL, ALL),
        ('logName:"cloudaudit.googleapis.com/activity"', UNSURE, NONE),
        ('logName="cloudaudit.googleapis.com"', NONE, NONE),
        ('logName=~"cloudaudit\\.googleapis\\.com"', ALL, ALL),
        ('logName=~"^.*cloudaudit.googleapis.com.*$"', ALL, ALL),
        ('logName=~"cloudaudit.*(activity|data_access)"', UNSURE, UNSURE),
        ('logName:"projects/p"', UNSURE, UNSURE),
        ('logName>"a"', UNSURE, UNSURE),
        ('logName:"compute.googleapis.com%2Fvpc_flows"', NONE, NONE),
        ('logName!="projects/p/logs/cloudaudit.googleapis.com%2Fdata_access"', ALL, NONE),
        ('logName:("activity" OR "data_access")', ALL, ALL),
        ('logName:("stdout" OR -"stderr")', ALL, ALL),
        ('logName=("projects/p/logs/a" OR "projects/p/logs/cloudaudit.googleapis.com%2Factivity")', ALL, NONE),
        ('log_id("cloudaudit.googleapis.com/activity")', ALL, NONE),
        ('LOG_ID("cloudaudit.googleapis.com/activity") OR LOG_ID("cloudaudit.googleapis.com/data_access")', ALL, ALL),
        ('log_id("cloudaudit.googleapis.com/activity")\nlog_id("cloudaudit.googleapis.com/data_access")', NONE, NONE),
        ('NOT log_id("cloudaudit.googleapis.com/activity") AND NOT log_id("externalaudit.googleapis.com/activity")', NONE, ALL),
        ('-log_id("cloudaudit.googleapis.com/activity")', NONE, ALL),
        ('-(log_id("a") OR log_id("b"))', ALL, ALL),
        ("cloudaudit.googleapis.com", ALL, ALL),
        ('"cloudaudit.googleapis.com/data_access"', UNSURE, ALL),
        ('"patient"', UNSURE, UNSURE),
        ('protoPayload.@type="type.googleapis.com/google.cloud.audit.AuditLog"', ALL, ALL),
        ('protoPayload."@type"="type.googleapis.com/google.cloud.audit.AuditLog"', ALL, ALL),
        ('protoPayload.@type="type.googleapis.com/google.appengine.logging.v1.RequestLog"', NONE, NONE),
        ("protoPayload:*", ALL, ALL),
        ('protoPayload.serviceName="k8s.io"', SOME, SOME),
        ('logName:cloudaudit AND protoPayload.serviceName!="k8s.io"', SOME, SOME),
        ('logName:cloudaudit AND resource.type="k8s_cluster"', UNSURE, UNSURE),
        ('resource.type="k8s_container"', NONE, NONE),
        ('resource.type!="k8s_container"', ALL, ALL),
        ('resource.type=("k8s_container" OR "k8s_node")', NONE, NONE),
        ('resource.labels.cluster_name="a"', UNSURE, UNSURE),
        ('labels."k8s-pod/app"="a" AND textPayload:"x"', NONE, NONE),
        ("jsonPayload.a.b>3", NONE, NONE),
        ("severity>=INFO", ALL, ALL),
        ("severity>=ERROR", SOME, SOME),
        ('sample(insertId, 0.25) AND logName:"cloudaudit"', SOME, SOME),
        ('ip_in_net(protoPayload.requestMetadata.callerIp, "10.0.0.0/8")', UNSURE, UNSURE),
        # OR binds before AND
        ('severity>=ERROR OR logName:"activity" AND logName:"cloudaudit"', ALL, SOME),
        ('severity>=ERROR OR (logName:"activity" AND logName:"stdout")', SOME, SOME),
        # what is no filter
        ("(logName:cloudaudit", UNSURE, UNSURE),
        ("logName:cloudaudit)", UNSURE, UNSURE),
        ('logName:"cloudaudit', UNSURE, UNSURE),
        ("logName:", UNSURE, UNSURE),
        ("log_id(", UNSURE, UNSURE),
        ("AND OR", UNSURE, UNSURE),
        ("(" * 100_000, UNSURE, UNSURE),
    ],
)
def test_the_share_of_an_audit_log_that_fits(text: str, activity: Share, data_access: Share) -> None:
    assert (read(text, ACTIVITY).share, read(text, DATA_ACCESS).share) == (activity, data_access)


@pytest.mark.parametrize(
    ("text", "touches"),
    [
        ('logName:cloudaudit AND resource.type="gce_instance"', True),
        ('NOT (logName:cloudaudit AND resource.type="gce_instance")', True),
        ('protoPayload.methodName:"get" AND resource.type="gce_instance"', True),
        ("severity<ERROR", True),
        ('logName:"cloudaudit', True),
        ('resource.type="http_load_balancer"', None),
        ('resource.type="http_load_balancer" AND severity<ERROR', None),
        ('resource.type="k8s_container" AND severity<ERROR', False),
        ('log_id("cloudaudit.googleapis.com/data_access")', False),
    ],
)
def test_whether_entries_fit_where_it_depends_on_more_than_the_log(text: str, touches: bool | None) -> None:
    assert read(text, ACTIVITY).touches is touches
