# A folder for this job alone. On machines that jobs share it lies in the runner's own temporary folder, which jobs of other
# projects do not use; elsewhere in TMPDIR, which goes with the container. (Some executors give that folder as a path that
# begins with the text $PWD.)
aws_oidc_parent="${TMPDIR:-/tmp}"
case "${CI_DISPOSABLE_ENVIRONMENT:-}${RUNNER_TEMP_PROJECT_DIR:-}" in /*)
  aws_oidc_parent="$RUNNER_TEMP_PROJECT_DIR"
  mkdir -p "$aws_oidc_parent" || { echo "aws-oidc: the runner's folder for temporary files, $aws_oidc_parent, cannot be made" >&2; exit 1; } ;;
esac
case "$aws_oidc_parent" in /*) ;; *) aws_oidc_parent="${CI_PROJECT_DIR:-$(pwd)}/$aws_oidc_parent" ;; esac
[ -z "${AWS_OIDC_PROFILE:-}${AWS_OIDC_CREDENTIALS_PROFILE:-}" ] || case "$aws_oidc_parent" in *[!A-Za-z0-9' '/_.,:=+@~-]*)
  echo "aws-oidc: the path of TMPDIR, or of the runner's builds, has characters that a configuration file of AWS cannot hold; expected letters, digits, spaces and /_.,:=+@~-" >&2; exit 2 ;;
esac
case "${CI_JOB_ID:-0}" in *[!0-9]*)
  echo "aws-oidc: CI_JOB_ID is not a number; remove the CI/CD variable of that name, which hides GitLab's own" >&2; exit 2 ;;
esac
aws_oidc_folder="$aws_oidc_parent/aws-oidc-${CI_JOB_ID:-$$}"
# What jobs left that were killed: folders of this user whose shell no longer runs.
[ "${CI_DISPOSABLE_ENVIRONMENT:-}" = true ] || for aws_oidc_left in "$aws_oidc_parent"/aws-oidc-[0-9]*; do
  [ -O "$aws_oidc_left" ] && [ ! -L "$aws_oidc_left" ] && [ -s "$aws_oidc_left/pid" ] || continue
  kill -0 "$(cat "$aws_oidc_left/pid")" 2>/dev/null || rm -rf "$aws_oidc_left" || :
done
(
  [ -O "$aws_oidc_folder" ] && [ ! -L "$aws_oidc_folder" ] && [ "$(cat "$aws_oidc_folder/pid" 2>/dev/null)" = "$$" ] && exit
  umask 077 && set +C && rm -rf "$aws_oidc_folder" && mkdir "$aws_oidc_folder" && echo "$$" > "$aws_oidc_folder/pid"
) || {
  echo "aws-oidc: the folder $aws_oidc_folder cannot be made; if another user of this machine owns it, remove it, or set TMPDIR to a folder that only this job's user may write to" >&2; exit 1
}
trap 'rm -rf "$aws_oidc_folder"' EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
