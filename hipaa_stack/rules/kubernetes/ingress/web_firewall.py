"""A web application firewall turns away known attacks before they reach the application."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import INGRESS
from hipaa_stack.rules.kubernetes.ingress._controllers import Controller, annotation, controller
from hipaa_stack.settings import Profile

_WAF = (f"{Controller.ALB}wafv2-acl-arn", f"{Controller.ALB}wafv2-acl-name")


@rule(
    id="K8S-ING-004",
    title="Public ingress sits behind a WAF",
    severity=Severity.MEDIUM,
    types=(INGRESS,),
    cites=(
        Cite("164.308(a)(1)(ii)(B)", "common attacks on web applications are filtered"),
        Cite("164.312(e)(1)", "the public entrance inspects what comes in"),
    ),
    fix="Annotate alb.ingress.kubernetes.io/wafv2-acl-arn with the ARN of a web ACL.",
    profile=Profile.RECOMMENDED,
)
def check(ingress: Node) -> Iterator[Violation]:
    served_by = controller(ingress)
    if served_by is Controller.GCE:
        raise NotApplicable("Cloud Armor is a property of the backend service, see GCP-LB-004")
    if served_by is not Controller.ALB:
        raise NotApplicable("not an AWS load balancer")
    if annotation(ingress, f"{Controller.ALB}scheme") != "internet-facing":
        raise NotApplicable("an internal load balancer")
    if not some(_WAF, lambda key: annotation(ingress, key) not in (None, "", "none")):
        yield ingress.fail(f"metadata.annotations[{_WAF[0]}]", "no web ACL")
