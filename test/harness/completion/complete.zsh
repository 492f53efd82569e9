# Shows what zsh would complete, as somebody who types it: zsh -f complete.zsh <completion script> <line> ...
zmodload zsh/zpty
zpty typed zsh -f -i
# Each answer ends with a mark, which the terminal must not have echoed before.
answer() {
  local line
  while zpty -r typed line; do
    line=${line%$'\r\n'}
    [[ $line == *END-OF-ANSWER* ]] && return
    [[ $line == HIT:* ]] && print -r -- "${(Q)line#HIT:}"
  done
}
set_up=(
  'PS1= && unsetopt prompt_cr prompt_sp && autoload -Uz compinit && compinit -u -D'
  "source ${(q)1}"
  'compadd() {
    local -a hits
    case " $* " in *" -O "* | *" -A "* | *" -D "*) builtin compadd "$@"; return ;; esac
    builtin compadd -A hits "$@"
    (( $#hits == 0 )) || print -rl -- "HIT:"$^hits
  }'
  'zle -C matches complete-word _main_complete'
  'show() { print; zle matches; print END-OF-""ANSWER; zle .kill-buffer }'
  'zle -N show && bindkey "^T" show; print END-OF-""ANSWER'
)
zpty -w typed "${(F)set_up}"
answer >/dev/null
shift
for line in "$@"; do
  zpty -w -n typed "$line"$'\x14'
  print -r -- "== $line"
  answer
done
zpty -d typed
