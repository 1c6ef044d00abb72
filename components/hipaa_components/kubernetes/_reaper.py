"""What takes emergency access back: a script around `kubectl`, and the job that runs it.

RBAC has no clock. A RoleBinding to the break-glass role ends because somebody deletes it, and this does it in time.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi

from hipaa_stack.baseline import BREAK_GLASS_BINDING_SECONDS, REAPER_MINUTES, AccessRole, Label

NAME: Final = AccessRole.BREAK_GLASS_REAPER.value
POD_LABELS: Final = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/managed-by": "pulumi"}
DEADLINE_SECONDS: Final = 60 * REAPER_MINUTES - 60
"""A run that hangs ends before the next one is due: two at once are not allowed."""
USER: Final = 65532
"""The id that images without root call nonroot."""

_ANNOTATIONS: Final = (Label.TICKET, Label.REQUESTED_AT, Label.EXPIRES_AT)

# Whoever makes a binding chooses its name and annotations, line breaks included: each value is quoted, on a line of its own.
_EMERGENCY: Final = f'(eq .roleRef.name "{AccessRole.BREAK_GLASS}")'
_APPROVER: Final = f'(and (eq .roleRef.name "{AccessRole.BREAK_GLASS_APPROVER}") (ne .metadata.name "{AccessRole.BREAK_GLASS_APPROVER}"))'
TEMPLATE: Final = "".join(
    (
        f'{{{{range .items}}}}{{{{if and (eq .roleRef.kind "ClusterRole") (or {_EMERGENCY} {_APPROVER})}}}}',
        f"{{{{if {_EMERGENCY}}}}}emergency{{{{else}}}}approver{{{{end}}}}\n",
        *(f'{{{{with .metadata.annotations}}}}{{{{printf "%+q" (index . "{annotation}")}}}}{{{{end}}}}\n' for annotation in _ANNOTATIONS),
        '{{printf "%+q" .metadata.creationTimestamp}}\n',
        '{{with .subjects}}{{len .}}{{range .}} {{.kind}} {{printf "%+q" .name}}{{end}}{{end}}\n',
        "{{if .metadata.finalizers}}held{{else}}free{{end}}\n",
        '{{printf "%+q" .metadata.name}}\n',
        "{{end}}{{end}}",
    )
)
"""Eight lines for each RoleBinding to the break-glass role, and for each that makes approvers besides those of the program."""

# The kubelet replaces `$(NAME)` in commands where NAME is a variable of the container: the substitutions here are none.
SCRIPT: Final = r"""
# Deletes RoleBindings to the break-glass role whose time is over, or that do not say when it is, and approvers that
# approvers have made.
#   arguments   template of the list, longest life in seconds, namespaces
#   NOW         seconds since 1970, instead of the clock
# Exits with 1 if a namespace cannot be read or a binding cannot be deleted.
set -uf
export LC_ALL=C
template=$1 longest=$2
shift 2

written() { date -u -d "@$1" '+"%Y-%m-%dT%H:%M:%SZ"'; }
clock=${NOW:-$(date -u +%s)}
now=$(written "$clock") && oldest=$(written "$((clock - longest))") || exit 1

is_time() {
    case $1 in
        \"[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z\") ;;
        *) return 1 ;;
    esac
}

is_ticket() {
    text=${1#\"} && text=${text%\"}
    project=${text%-*} number=${text##*-}
    case $number in '' | *[!0-9]*) return 1 ;; esac
    case $project in *[!A-Z0-9]*) return 1 ;; esac
    case $project in [A-Z]?*) ;; *) return 1 ;; esac
}

is_one_person() {
    case $1 in
        '1 User "system:'*) return 1 ;;
        '1 User "'*) ;;
        *) return 1 ;;
    esac
}

is_over() {
    if [ "$role" = approver ]; then reason='approvers make no approvers'
    elif ! is_ticket "$ticket"; then reason='no ticket that can be read'
    elif ! is_time "$requested"; then reason='no time of request that can be read'
    elif ! is_time "$expires"; then reason='no end that can be read'
    elif ! [ "$expires" \> "$requested" ]; then reason='an end before its request'
    elif ! [ "$expires" \> "$now" ]; then reason='its time is over'
    elif ! [ "$created" \> "$oldest" ]; then reason='older than any may be'
    elif ! is_one_person "$subjects"; then reason='not for one person'
    else return 1
    fi
}

object() {
    printf 'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n'
    printf '  namespace: %s\n  name: %s\n' "$namespace" "$name"
}

delete() {
    if [ "$state" = held ]; then
        object | kubectl patch --type=merge --patch='{"metadata": {"finalizers": null}}' --filename=- >/dev/null || return 1
    fi
    object | kubectl delete --ignore-not-found --wait=false --filename=- >/dev/null
}

reap() {
    failed=0
    while IFS= read -r role && IFS= read -r ticket && IFS= read -r requested && IFS= read -r expires &&
        IFS= read -r created && IFS= read -r subjects && IFS= read -r state && IFS= read -r name
    do
        if is_over; then
            printf '%s: %s: %s\n' "$namespace" "$name" "$reason"
            delete || failed=1
        fi
    done
    return "$failed"
}

result=0
for namespace; do
    if bindings=$(kubectl get rolebindings.rbac.authorization.k8s.io --namespace="$namespace" --output="go-template=$template"); then
        printf '%s\n' "$bindings" | reap || result=1
    else
        result=1
    fi
done
exit "$result"
""".lstrip()


def cron_job(
    image: pulumi.Input[str], namespaces: Sequence[pulumi.Input[str]], labels: Mapping[str, str], account: pulumi.Input[str]
) -> dict[str, Any]:
    """`spec` of the CronJob."""
    container = {
        "name": "reaper",
        "image": image,
        "command": ["/bin/sh", "-c", SCRIPT, "reaper"],
        "args": [TEMPLATE, str(BREAK_GLASS_BINDING_SECONDS), *namespaces],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
    }
    pod = {
        "serviceAccountName": account,
        "automountServiceAccountToken": True,
        "restartPolicy": "Never",
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
    }
    job = {
        "backoffLimit": 0,  # the next run is the second attempt
        "activeDeadlineSeconds": DEADLINE_SECONDS,
        "template": {"metadata": {"labels": {**POD_LABELS, **labels}}, "spec": pod},
    }
    return {
        "schedule": f"*/{REAPER_MINUTES} * * * *",
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": DEADLINE_SECONDS,  # also keeps a long pause from being counted as 100 missed runs
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"spec": job},
    }
