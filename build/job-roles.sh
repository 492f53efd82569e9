# No tracing here (CI_DEBUG_TRACE), because of the ID tokens. No backslashes: runners on Kubernetes save scripts with `echo`, which eats them.
case $- in *x*) set +x; aws_oidc_trace=-x ;; *) aws_oidc_trace=+x ;; esac
aws_oidc_ifs_is_set="${IFS+x}" aws_oidc_ifs="${IFS:-}"; unset IFS
aws_oidc_say() { echo "aws-oidc: $1" >&2; }

# Prints the names of the variables with this prefix. `extends` keeps only the last before_script, but the variables of every
# hidden job, since their names differ: so each role is found, in any order or repetition.
aws_oidc_variables() (
  set -f
  found=" "
  for word in $(export -p); do
    case "$word" in "$1"*=*) word="${word%%=*}" ;; *) continue ;; esac
    case "$word" in *[!A-Za-z0-9_]*) continue ;; esac
    case "$found" in *" $word "*) continue ;; esac
    eval '[ -n "${'"$word"'+x}" ]' || continue
    found="$found$word "
  done
  echo "$found"
)
aws_oidc_identities="$(aws_oidc_variables AWS_OIDC_ROLE_ARN_)"
aws_oidc_credentials="$(aws_oidc_variables AWS_OIDC_CREDENTIALS_FROM_)"
aws_oidc_job_region="${aws_oidc_job_region-${AWS_REGION:-${AWS_DEFAULT_REGION:-}}}"

# From here to the end of aws_oidc_write, everything runs in subshells: these variables do not reach the job.

# Calls `$1_identity` for each web identity and `$1_credentials` for each job's credentials, with their settings.
aws_oidc_each_role() {
  for variable in $aws_oidc_identities; do
    name="${variable#AWS_OIDC_ROLE_ARN_}" hidden_job=".${variable#AWS_OIDC_ROLE_ARN_}"
    for key in ROLE_ARN CHAINED_ROLE_ARN EXTERNAL_ID SESSION_NAME DURATION_SECONDS REGION PROFILE; do
      eval "$key"'="${AWS_OIDC_'"${key}_$name"':-}"'
    done
    eval 'ID_TOKEN="${GITLAB_OIDC_TOKEN_'"$name"':-}"'
    SESSION_NAME="${SESSION_NAME:-GitLabRunner}" REGION="${REGION:-$aws_oidc_job_region}"
    [ "$PROFILE" != default ] || PROFILE=""
    "$1_identity"
  done
  for variable in $aws_oidc_credentials; do
    prefix="${variable#AWS_OIDC_CREDENTIALS_FROM_}"
    eval 'from="${'"$variable"':-assume-role}" PROFILE="${AWS_OIDC_CREDENTIALS_PROFILE_'"$prefix"':-}"'
    eval 'warn_below="${AWS_OIDC_CREDENTIALS_WARN_BELOW_'"$prefix"':-300}" expiration="${'"$prefix"'AWS_CREDENTIAL_EXPIRATION:-}"'
    eval 'REGION="${'"$prefix"'AWS_REGION:-$aws_oidc_job_region}"'
    hidden_job=".$from-credentials"
    [ "$PROFILE" != default ] || PROFILE=""
    "$1_credentials"
  done
}

aws_oidc_problem() { aws_oidc_say "${several:+$hidden_job: }$1"; problems=1; }
aws_oidc_quote() {
  case "$1" in *[!A-Za-z0-9' ${}'/_.,:=+@~%-]*) echo "a text of ${#1} characters" ;; *) echo "$1" ;; esac
}
aws_oidc_check_role() {
  expected='expected arn:aws:iam::<12 digits of the account>:role/<name>'
  case "$2" in
    "") aws_oidc_problem "$1 is empty; if it comes from a CI/CD variable, that may be protected or limited to an environment" ;;
    '$'*) aws_oidc_problem "$1 is $(aws_oidc_quote "$2"), which GitLab did not expand; define that CI/CD variable" ;;
    *[!A-Za-z0-9/_.,:=+@-]*) aws_oidc_problem "$1 has a character that no role ARN has, such as a space or a line break; $expected" ;;
    arn:aws*:iam::[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]:role/?*) ;;
    arn:*) aws_oidc_problem "$1 is $2; $expected" ;;
    # Not shown: it may be a secret in the wrong variable.
    *) aws_oidc_problem "$1 is a text of ${#2} characters, not an ARN; $expected" ;;
  esac
}
aws_oidc_check_second_role() {
  if [ -z "$CHAINED_ROLE_ARN" ]; then
    [ -z "$EXTERNAL_ID" ] || aws_oidc_problem "external-id is for a second role; also set chained-role-arn"
    [ "${DURATION_SECONDS:-3600}" = 3600 ] || aws_oidc_problem "duration-seconds is for a second role; also set chained-role-arn. The job's tools decide how long a session of the first role lasts, an hour unless set otherwise, and renew it"
    return
  fi
  aws_oidc_check_role chained-role-arn "$CHAINED_ROLE_ARN"
  case "$ROLE_ARN $CHAINED_ROLE_ARN" in "${ROLE_ARN%%:iam:*}":*' '"${ROLE_ARN%%:iam:*}":*) ;; arn:aws*' 'arn:aws*)
    aws_oidc_problem "chained-role-arn and role-arn are in different partitions ($(aws_oidc_quote "${CHAINED_ROLE_ARN%%:iam:*}") and $(aws_oidc_quote "${ROLE_ARN%%:iam:*}")); roles cannot be assumed across them. Include the component once for each" ;;
  esac
  case "$EXTERNAL_ID" in *[!A-Za-z0-9_+=,.@:/-]* | ?)
    aws_oidc_problem "external-id is a text of ${#EXTERNAL_ID} characters; expected 2 to 1224 letters, digits and _+=,.@:/-" ;;
  esac
  case "$DURATION_SECONDS" in "" | 9[0-9][0-9] | [12][0-9][0-9][0-9] | 3[0-5][0-9][0-9] | 3600) ;; *)
    aws_oidc_problem "duration-seconds is $(aws_oidc_quote "$DURATION_SECONDS"); expected 900 to 3600, because AWS ends a second role's session after an hour; the job's tools renew it" ;;
  esac
}
# Messages call the Region $1, and end with $2.
aws_oidc_check_profile() {
  case "$REGION" in *[!a-z0-9-]*) aws_oidc_problem "$1 is $(aws_oidc_quote "$REGION"); expected an AWS Region such as eu-central-1${2:-}" ;; esac
  case "$PROFILE" in
    "") ;;
    *[!A-Za-z0-9_.-]*) aws_oidc_problem "profile is $(aws_oidc_quote "$PROFILE"); expected letters, digits and _.- only" ;;
    aws-oidc-*) aws_oidc_problem "profile is $PROFILE; names that begin with aws-oidc- are reserved" ;;
  esac
  case "$PROFILE$profiles" in [!' ']*" $PROFILE "*) aws_oidc_problem "another role of this job already has the profile $(aws_oidc_quote "$PROFILE"); give each its own" ;; esac
  profiles="$profiles${PROFILE:+$PROFILE }"
  # Credentials with neither a profile nor AWS's own variable names are left to the job's script.
  [ -n "$PROFILE$is_default" ] || return 0
  case "$regions" in *" ${REGION:-none} "*) ;; *) regions="$regions${REGION:-none} " ;; esac
  [ -n "$is_default" ] || return 0
  [ -z "$default_job" ] || { aws_oidc_say "$default_job and $hidden_job are both for tools that name no profile; give one of them a profile"; problems=1; }
  default_job="$hidden_job"
}
aws_oidc_check_identity() {
  case "$ID_TOKEN" in
    *.*.*) ;;
    "") aws_oidc_problem "the job has no ID token; extend the hidden job, or use its "'"id_tokens"'" too: id_tokens: !reference [$hidden_job, id_tokens]" ;;
    *) aws_oidc_problem "GITLAB_OIDC_TOKEN_$name contains something other than an ID token; it must come from "'"id_tokens"'", not from a CI/CD variable" ;;
  esac
  aws_oidc_check_role role-arn "$ROLE_ARN"
  case "$SESSION_NAME" in
    *[!A-Za-z0-9_+=,.@-]* | ? | ?????????????????????????????????????????????????????????????????*)
      aws_oidc_problem "session-name is $(aws_oidc_quote "$SESSION_NAME"); expected 2 to 64 letters, digits and _+=,.@-" ;;
  esac
  aws_oidc_check_second_role
  is_default=""; [ -n "$PROFILE" ] || is_default=yes
  aws_oidc_check_profile region
}
# Seconds since 1970, from year month day hour minute second: POSIX `date` cannot parse dates.
aws_oidc_epoch() {
  y=$(($1 - (1$2 < 103))) m=$(((1$2 - 91) % 12))
  echo $(((365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + 1$3 - 100 - 719469) * 86400 + (1$4 - 100) * 3600 + (1$5 - 100) * 60 + 1$6 - 100))
}
aws_oidc_span() {
  case $(($1 / 60)) in 0) echo "less than a minute" ;; 1) echo "a minute" ;; *) echo "$(($1 / 60)) minutes" ;; esac
}
aws_oidc_check_expiration() {
  case "$expiration" in
    "") aws_oidc_say "no credentials of the job $from here; name it in 'needs', and check that its report has not been deleted (artifact-expire-in)"; gone=1; return ;;
    [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z) ;;
    *) aws_oidc_say "${prefix}AWS_CREDENTIAL_EXPIRATION does not come from the job $from; look for a CI/CD variable with that name"; gone=1; return ;;
  esac
  now="$(date -u '+%Y %m %d %H %M %S')" || now=""
  case "$now" in [0-9]*) ;; *)
    aws_oidc_say "this image has no date command, so expired credentials of the job $from would not be noticed"; return ;;
  esac
  left=$(($(aws_oidc_epoch $(echo "$expiration" | tr -c 0-9 ' ')) - $(aws_oidc_epoch $now)))
  if [ "$left" -le 0 ]; then
    aws_oidc_say "the credentials expired $(aws_oidc_span $((-left))) ago; retry the job $from, then this one"; gone=1
  elif [ "$left" -lt "$warn_below" ]; then
    aws_oidc_say "the credentials of the job $from expire in $(aws_oidc_span "$left")"
  fi
}
aws_oidc_check_credentials() {
  is_default=""; [ -n "$prefix" ] || is_default=yes default=keys keys_profile="$PROFILE"
  aws_oidc_check_profile "${prefix}AWS_REGION" "; look for a CI/CD variable with that name"
  aws_oidc_check_expiration
}
# Each job puts its id into the name of a variable of its report, so two jobs are noticed even if one hides the other.
aws_oidc_check_reports() {
  seen=" "
  for variable in $(aws_oidc_variables AWS_OIDC_REPORT_); do
    eval 'written="$'"$variable"'"'
    case "$seen" in *" $written "*)
      aws_oidc_say "two jobs set $(aws_oidc_quote "$written") in this one, and GitLab does not define which wins; give one of them a variable-prefix, or name only one in 'needs'"; problems=1 ;;
    esac
    seen="$seen$written "
  done
}
# AWS_PROFILE decides, so it must name a profile; keys in variables take precedence over it in some SDKs, but not in others.
aws_oidc_check_asked() {
  asked="${AWS_PROFILE:-${AWS_DEFAULT_PROFILE:-}}" names="${profiles# }"; names="${names% }"
  case "$several,$profiles,$asked" in ,* | *", ,"* | *, | *,default | *,"$keys_profile") return ;; esac
  case "$default$profiles" in
    keys*" $asked "*) aws_oidc_say "AWS_PROFILE is $(aws_oidc_quote "$asked"), but some tools would still use the credentials of $default_job, because their variables have no prefix; give that job a variable-prefix"; problems=1 ;;
    *" $asked "*) ;;
    *) aws_oidc_say "AWS_PROFILE is $(aws_oidc_quote "$asked"), but no role of this job has that profile; expected one of: $(aws_oidc_quote "$names")"; problems=1 ;;
  esac
}
# Prints what tools without a profile use: `keys`, for the variables of an assume-role job; `=<profile>`; `=default`, for a role
# without a profile; or `none`. Then the profiles; the common `/<Region>`, or `/differ`; `/<name>` of a web identity that is the only role.
aws_oidc_check() {
  problems="" gone="" profiles=" " regions=" " default_job="" default="" keys_profile=""
  set -- $aws_oidc_identities $aws_oidc_credentials
  several=""; [ $# -lt 2 ] || several=yes
  lost=""; [ $# -gt 0 ] || lost="a hidden job"
  case "${aws_oidc_here:+$aws_oidc_identities}" in "" | *" AWS_OIDC_ROLE_ARN_${aws_oidc_here:-} "*) ;; *) lost=".$aws_oidc_here" ;; esac
  [ -z "$lost" ] || { aws_oidc_say "the before_script of $lost runs in this job without its variables; also name the hidden job in 'extends'"; problems=1; }
  aws_oidc_each_role aws_oidc_check
  aws_oidc_check_reports
  aws_oidc_check_asked
  [ -z "$problems" ] || exit 2
  [ -z "$gone" ] || exit 1
  if [ -n "$default_job" ]; then default="${default:-=default}"; else
    # With two profiles the first is the default: the one that `extends` did not leave last. With more, the order is unknown.
    set -- $profiles
    case $#,"${AWS_OIDC_PROFILE:-}" in 1,*) default="=$1" ;; 2,"$1") default="=$2" ;; 2,"$2") default="=$1" ;; *) default=none ;; esac
  fi
  alone=""
  case "$several,$aws_oidc_credentials,${CHAINED_ROLE_ARN:-}" in ", ,") alone="$name" ;; esac
  set -- $regions
  case $#,"${1:-}" in 0,* | 1,none) region="" ;; 1,*) region="$1" ;; *) region=differ ;; esac
  echo "$default$profiles/$region/$alone"
}

aws_oidc_heading() { if [ "$1" = default ]; then echo "[default]"; else echo "[profile $1]"; fi; }
aws_oidc_write_profile() {
  aws_oidc_heading "$1"
  if [ -z "$CHAINED_ROLE_ARN" ]; then
    echo "role_arn = $ROLE_ARN"
    echo "web_identity_token_file = $aws_oidc_folder/$name.token"
  else
    echo "role_arn = $CHAINED_ROLE_ARN"
    echo "source_profile = aws-oidc-$name"
    echo "duration_seconds = ${DURATION_SECONDS:-3600}"
    [ -z "$EXTERNAL_ID" ] || echo "external_id = $EXTERNAL_ID"
  fi
  echo "role_session_name = $SESSION_NAME"
  [ -z "$REGION" ] || echo "region = $REGION"
}
# The profiles of a role: its own, and the default one if the role is for it.
aws_oidc_profiles_of_role() { echo "$PROFILE"; case "$aws_oidc_default" in "=${PROFILE:-default}") echo default ;; esac; }
aws_oidc_write_identity() {
  printf %s "$ID_TOKEN" > "$name.token" || exit 1
  second_role="$CHAINED_ROLE_ARN"
  { [ -z "$second_role" ] || { CHAINED_ROLE_ARN=""; aws_oidc_write_profile "aws-oidc-$name"; CHAINED_ROLE_ARN="$second_role"; }
    for profile in $(aws_oidc_profiles_of_role); do aws_oidc_write_profile "$profile"; done
  } >> config.new || exit 1
}
aws_oidc_write_credentials() {
  [ -n "$PROFILE" ] || return 0
  # The keys stay in the variables: the file only says how to read them.
  {
    printf %s "printf '"
    printf %s '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s","SessionToken":"%s","Expiration":"%s"}'
    echo "' "'"$'"${prefix}AWS_ACCESS_KEY_ID"'" "$'"${prefix}AWS_SECRET_ACCESS_KEY"'" "$'"${prefix}AWS_SESSION_TOKEN"'" "$'"${prefix}AWS_CREDENTIAL_EXPIRATION"'"'
  } > "$PROFILE.sh" || exit 1
  for profile in $(aws_oidc_profiles_of_role); do
    aws_oidc_heading "$profile"
    echo 'credential_process = sh "'"$aws_oidc_folder/$PROFILE.sh"'"'
    [ -z "$REGION" ] || echo "region = $REGION"
  done >> config.new || exit 1
}
aws_oidc_write() (
  umask 077 && set +C && cd "$aws_oidc_folder" && : > config.new && : > credentials || exit 1
  aws_oidc_each_role aws_oidc_write
  case "$aws_oidc_default,$aws_oidc_job_region" in keys,?*)
    { echo "[default]"; echo "region = $aws_oidc_job_region"; } >> config.new || exit 1 ;;
  esac
  mv -f config.new config
)
aws_oidc_tell() {
  case "$PROFILE,$aws_oidc_default,${AWS_PROFILE:-}" in
    ,*) echo "aws-oidc: without a profile: $1" ;;
    *,"$PROFILE") echo "aws-oidc: profile $PROFILE, which AWS_PROFILE names: $1" ;;
    "$PROFILE,=$PROFILE,") echo "aws-oidc: profile $PROFILE, also the default: $1" ;;
    *) echo "aws-oidc: profile $PROFILE: $1" ;;
  esac
}
aws_oidc_tell_identity() { aws_oidc_tell "${CHAINED_ROLE_ARN:+$CHAINED_ROLE_ARN, through }$ROLE_ARN, as $SESSION_NAME"; }
aws_oidc_tell_credentials() { [ -z "$PROFILE" ] || aws_oidc_tell "the credentials of the job $from"; }

aws_oidc_plan="$(aws_oidc_check)" || exit $?
aws_oidc_default="${aws_oidc_plan%% *}" aws_oidc_alone="${aws_oidc_plan##*/}"
aws_oidc_profiles=" ${aws_oidc_plan#* }"; aws_oidc_profiles="${aws_oidc_profiles%%/*}"
aws_oidc_region="${aws_oidc_plan%/*}"; aws_oidc_region="${aws_oidc_region#*/}"

# On a runner that keeps its folders, the report of an assume-role job may still be here.
[ -z "${aws_oidc_credentials# }" ] || for aws_oidc_file in "${CI_PROJECT_DIR:-.}"/aws-oidc-[0-9]*.env; do
  case "${aws_oidc_file##*/aws-oidc-}" in *[!0-9]*.env) ;; *) rm -f "$aws_oidc_file" 2>/dev/null || : ;; esac
done

if [ -n "${aws_oidc_identities# }${aws_oidc_profiles# }" ]; then
  # A folder for this job alone. On machines that jobs share it is in the runner's own temporary folder, which jobs of other
  # projects do not use; elsewhere in TMPDIR, which goes with the container. (Some executors give that folder as a path that
  # begins with the text $PWD.)
  aws_oidc_parent="${TMPDIR:-/tmp}"
  case "${CI_DISPOSABLE_ENVIRONMENT:-}${RUNNER_TEMP_PROJECT_DIR:-}" in /*)
    aws_oidc_parent="$RUNNER_TEMP_PROJECT_DIR"
    mkdir -p "$aws_oidc_parent" || { echo "aws-oidc: the runner's folder for temporary files, $aws_oidc_parent, cannot be created" >&2; exit 1; } ;;
  esac
  case "$aws_oidc_parent" in /*) ;; *) aws_oidc_parent="${CI_PROJECT_DIR:-$(pwd)}/$aws_oidc_parent" ;; esac
  [ -n "$aws_oidc_alone" ] && [ -z "${aws_oidc_profiles# }" ] || case "$aws_oidc_parent" in *[!A-Za-z0-9' '/_.,:=+@~-]*)
    echo "aws-oidc: the path of TMPDIR, or of the runner's builds, has characters that an AWS configuration file cannot contain; expected letters, digits, spaces and /_.,:=+@~-" >&2; exit 2 ;;
  esac
  case "${CI_JOB_ID:-0}" in *[!0-9]*)
    echo "aws-oidc: CI_JOB_ID is not a number; remove the CI/CD variable with that name, which replaces GitLab's own" >&2; exit 2 ;;
  esac
  aws_oidc_folder="$aws_oidc_parent/aws-oidc-${CI_JOB_ID:-$$}"
  # What killed jobs left: folders of this user whose shell no longer runs.
  [ "${CI_DISPOSABLE_ENVIRONMENT:-}" = true ] || for aws_oidc_left in "$aws_oidc_parent"/aws-oidc-[0-9]*; do
    [ -O "$aws_oidc_left" ] && [ ! -L "$aws_oidc_left" ] && [ -s "$aws_oidc_left/pid" ] || continue
    kill -0 "$(cat "$aws_oidc_left/pid")" 2>/dev/null || rm -rf "$aws_oidc_left" || :
  done
  (
    [ -O "$aws_oidc_folder" ] && [ ! -L "$aws_oidc_folder" ] && [ "$(cat "$aws_oidc_folder/pid" 2>/dev/null)" = "$$" ] && exit
    umask 077 && set +C && rm -rf "$aws_oidc_folder" && mkdir "$aws_oidc_folder" && echo "$$" > "$aws_oidc_folder/pid"
  ) || {
    echo "aws-oidc: the folder $aws_oidc_folder cannot be created; if another user of this machine owns it, remove it, or set TMPDIR to a folder that only this job's user can write to" >&2; exit 1
  }
  trap 'rm -rf "$aws_oidc_folder"' EXIT
  trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM

  aws_oidc_write || { aws_oidc_say "$aws_oidc_folder cannot be written; is the disk full?"; exit 1; }
  # What tools would otherwise find before the role.
  [ "$aws_oidc_default" = keys ] || for aws_oidc_name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_WEB_IDENTITY_TOKEN_FILE AWS_PROFILE AWS_DEFAULT_PROFILE; do
    eval 'aws_oidc_value="${'"$aws_oidc_name"':-}"'
    # If the user names one of this job's own profiles, that is the default.
    case "$aws_oidc_name$aws_oidc_profiles" in *_PROFILE*" $aws_oidc_value "*) continue ;; esac
    case "$aws_oidc_value" in "" | "$aws_oidc_folder"/*) ;; *) aws_oidc_say "$aws_oidc_name is set in this job and would be used instead of the role, so it is removed here" ;; esac
    unset "$aws_oidc_name"
  done
  if [ -n "$aws_oidc_alone" ]; then
    eval 'export AWS_ROLE_ARN="$AWS_OIDC_ROLE_ARN_'"$aws_oidc_alone"'" AWS_ROLE_SESSION_NAME="${AWS_OIDC_SESSION_NAME_'"$aws_oidc_alone"':-GitLabRunner}"'
    export AWS_WEB_IDENTITY_TOKEN_FILE="$aws_oidc_folder/$aws_oidc_alone.token"
    echo "aws-oidc: this job is $AWS_ROLE_ARN to the AWS SDKs and tools, as $AWS_ROLE_SESSION_NAME"
  else
    # Some SDKs prefer these to any profile; and keys of the machine's user to the default profile.
    unset AWS_ROLE_ARN AWS_ROLE_SESSION_NAME
    [ "$aws_oidc_default" = keys ] || export AWS_SHARED_CREDENTIALS_FILE="$aws_oidc_folder/credentials"
    # Tools without a profile must not find the role of the runner's machine.
    [ "$aws_oidc_default" != none ] || { unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI; export AWS_EC2_METADATA_DISABLED=true; }
    # Only once, even if the before_scripts of two hidden jobs run.
    if [ "${aws_oidc_told:-}" != "$aws_oidc_plan" ]; then
      (aws_oidc_each_role aws_oidc_tell)
      [ "$aws_oidc_default,${AWS_PROFILE:-}" != none, ] || echo "aws-oidc: tools that name no profile find no role; set AWS_PROFILE to the one they should use"
    fi
    aws_oidc_told="$aws_oidc_plan"
  fi
  [ -n "$aws_oidc_alone" ] && [ -z "${aws_oidc_profiles# }" ] || export AWS_CONFIG_FILE="$aws_oidc_folder/config" AWS_SDK_LOAD_CONFIG=1
  [ -z "${aws_oidc_identities# }" ] || export AWS_STS_REGIONAL_ENDPOINTS=regional
  case "$aws_oidc_region" in
    "" | "$aws_oidc_job_region") ;;
    differ)
      [ -z "$aws_oidc_job_region" ] || aws_oidc_say "AWS_REGION is not set for this job's tools, because it would override the Regions of the profiles"
      unset AWS_REGION AWS_DEFAULT_REGION ;;
    *) [ -z "${aws_oidc_identities# }" ] || export AWS_REGION="$aws_oidc_region" AWS_DEFAULT_REGION="$aws_oidc_region" ;;
  esac
fi
[ -z "$aws_oidc_ifs_is_set" ] || IFS="$aws_oidc_ifs"
set "$aws_oidc_trace"
