# Shows what bash would complete: bash complete.bash <completion script> <line> ...
. "$1"
shift
for line in "$@"; do
  # As readline divides it: = is a word by itself.
  read -ra COMP_WORDS <<<"${line//=/ = }"
  case "$line" in *" ") COMP_WORDS+=("") ;; esac
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  registered="$(complete -p "${COMP_WORDS[0]##*/}")" || exit 1
  [[ $registered =~ -F\ ([^ ]+) ]] && "${BASH_REMATCH[1]}"
  echo "== $line"
  [ "${#COMPREPLY[@]}" -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
done
