#!/bin/sh
# Stands in for rsync, which not every machine has; in shell, since every job calls it several times. It does what
# gitlab-ci-local asks of it with `--shell-isolation` and `--no-artifacts-to-source`, and fails for anything else, so that
# a new version cannot go wrong unnoticed:
#
#   rsync -a --delete-excluded --delete --exclude-from=list --exclude … ./ builds/job/   the work tree for a job
#   rsync -a artifacts/. builds/job                                                     artifacts of the jobs that it needs
#   rsync --exclude … -rRa --files-from=list . artifacts/.                              its own artifacts
#   rsync -Ra paths … cache/.                                                           its caches and dotenv reports
set -euf

fail() {
  echo "rsync: $1" >&2
  exit 1
}

newline='
'
archive="" relative="" deletes="" excluded="" list=""
while [ $# -gt 0 ]; do
  case "$1" in
  -a) archive=yes ;;
  -Ra | -rRa) archive=yes relative=yes ;;
  --delete | --delete-excluded) deletes=yes ;;
  --exclude) excluded="$excluded$2$newline" && shift ;;
  --exclude-from=*) excluded="$excluded$(cat "${1#*=}")$newline" ;;
  --files-from=*) list="${1#*=}" ;;
  -*) fail "$1 is not supported" ;;
  *) break ;;
  esac
  shift
done
[ -n "$archive" ] && [ $# -ge 2 ] || fail "expected -a, sources and a destination"

# gitlab-ci-local means all of these from the top, whether they say so or not; `a/` and `a/**` are `a` with all below.
IFS="$newline"
paths=""
for pattern in $excluded; do
  pattern="${pattern#/}" pattern="${pattern%/\*\*}" pattern="${pattern%/}"
  case "$pattern" in *[*?[]*) fail "--exclude $pattern: a pattern that is not supported" ;; esac
  paths="$paths$pattern$newline"
done

is_excluded() {
  for excluded_path in $paths; do
    case "$1/" in "$excluded_path"/*) return 0 ;; esac
  done
  return 1
}

# Names of what is in a folder.
entries_of() (
  cd "$1" && set +f
  for entry in * .[!.]* ..?*; do
    if [ -e "$entry" ] || [ -L "$entry" ]; then echo "$entry"; fi
  done
)

# The work tree, into a folder that has nothing yet. Once more before its after_script, gitlab-ci-local would bring the
# folder back to the work tree, so that artifacts of the job's script were lost. On GitLab they are not.
copy_work_tree() {
  mkdir -p "$2"
  [ -z "$(entries_of "$2")" ] || return 0
  sources=""
  for entry in $(entries_of "$1"); do
    is_excluded "$entry" || sources="$sources$1$entry$newline"
  done
  # shellcheck disable=SC2086 # A source per line.
  [ -z "$sources" ] || cp -pPR $sources "$2"
  for excluded_path in $paths; do rm -rf "${2%/}/$excluded_path"; done
}

# A path with all below, into what may be there. Other jobs may bring their artifacts into the same folder at this time.
copy() {
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    mkdir -p "$2"
    for name in $(entries_of "$1"); do copy "$1/$name" "$2/$name"; done
  else
    cp -fpP "$1" "$2"
  fi
}

# Paths of this folder, each to the same place below another one.
status=0
copy_paths() {
  for path in $1; do
    path="${path#./}" path="${path%/}"
    case "/$path/" in *"/../"* | //*) fail "$path: not below the source" ;; esac
    if is_excluded "$path"; then
      continue
    elif [ ! -e "$path" ] && [ ! -L "$path" ]; then
      echo "rsync: link_stat \"$path\" failed: No such file or directory" >&2
      status=23
    else
      case "$path" in */*) mkdir -p "$2/${path%/*}" ;; esac
      copy "$path" "$2/$path"
    fi
  done
}

if [ -n "$list" ]; then
  [ "$#,$1" = 2,. ] || fail "expected . and a destination behind --files-from"
  copy_paths "$(cat "$list")" "$2"
elif [ -n "$relative" ]; then
  sources=""
  while [ $# -gt 1 ]; do sources="$sources$1$newline" && shift; done
  copy_paths "$sources" "$1"
else
  case "$#,$1" in 2,. | 2,*/ | 2,*/.) ;; *) fail "$*: expected one folder that ends with / or /., and a destination" ;; esac
  if [ -n "$deletes" ]; then copy_work_tree "$1" "$2"; else copy "${1%.}" "$2"; fi
fi
exit "$status"
