# shellcheck shell=sh disable=SC2034,SC2154 # shared with lib.sh and mend.sh, which stand before this text

# Makes aibridge-run found by login shells. Terminals are such, and /etc/profile of Debian and Alpine sets PATH anew;
# so a guarded block goes to the end of the files that they read after it. Nothing here stops a script.
#
# Facts: bash reads the first of .bash_profile, .bash_login and .profile that is there; dash and busybox sh read
# .profile; zsh reads .zprofile in ZDOTDIR; fish reads what is in conf.d. The agent gives the name of the agent to
# scripts and to terminals, and CODER_SCRIPT_BIN_DIR to scripts only.

offer_to_login_shells() {
  login_dir=$CODER_SCRIPT_BIN_DIR
  login_cure="call it by its full path, $login_dir/aibridge-run."
  case $login_dir in
    # What one of the shells would read in single quotes, or in PATH.
    *[\'\\:]* | *[[:cntrl:]]*)
      warn "login shells will not find aibridge-run, because its directory has characters that PATH cannot hold: $login_cure"
      return
      ;;
  esac
  if ! [ -d "${HOME-}" ]; then
    warn "login shells will not find aibridge-run, because HOME is not a directory: $login_cure"
    return
  fi
  login_agent=${CODER_WORKSPACE_AGENT_NAME-}
  case $login_agent in
    *[!A-Za-z0-9_.-]*) login_agent='' ;;
  esac
  # One block for each agent and place, because homes are shared: by agents, and by the same agent elsewhere.
  login_name="aibridge-run${login_agent:+ of $login_agent}: $login_dir"
  login_begin="# >>> $login_name >>>"
  login_note='# Written by the setup of the AI Bridge Proxy. Without its target it does nothing.'
  login_end="# <<< $login_name <<<"
  login_sh_guard="[ -x '$login_dir/aibridge-run' ]" login_fish_guard="test -x '$login_dir/aibridge-run'"
  if [ -n "$login_agent" ]; then
    login_sh_guard="$login_sh_guard && [ \"\${CODER_WORKSPACE_AGENT_NAME:-$login_agent}\" = $login_agent ]"
    login_fish_guard="$login_fish_guard; and contains -- \"\$CODER_WORKSPACE_AGENT_NAME\" '' $login_agent"
  fi
  login_visit offer_file
  if [ "$login_stale" = yes ] && lock_begin "$HOME/.aibridge-run.lock"; then
    login_visit mend_file
    lock_end
  elif [ "$login_stale" = yes ]; then
    warn "could not write in $HOME, so login shells will not find aibridge-run: $login_cure"
  fi
}

# login_visit VERB: calls it with every file that has the block, or should.
login_visit() {
  login_stale=''
  login_block=$(sh_block)
  for login_file in .bash_profile .bash_login; do
    if [ -e "$HOME/$login_file" ]; then
      "$1" "$HOME/$login_file"
      break
    fi
  done
  "$1" "$HOME/.profile"
  if have zsh || [ -n "${ZDOTDIR-}" ] || [ -e "$HOME/.zprofile" ] || [ -e "$HOME/.zshrc" ]; then
    "$1" "${ZDOTDIR:-$HOME}/.zprofile"
  fi
  login_fish=${XDG_CONFIG_HOME:-$HOME/.config}/fish
  if have fish || [ -d "$login_fish" ]; then
    login_block=$(fish_block)
    "$1" "$login_fish/conf.d/aibridge-run.fish"
  fi
}

# It may be run with errexit and nounset, by any shell but fish. The directory comes last in PATH: it hides nothing.
sh_block() {
  cat <<LOGIN_END
$login_begin
$login_note
if $login_sh_guard; then
  case ":\${PATH-}:" in
  *:'$login_dir':*) ;;
  *)
    PATH=\${PATH-}:'$login_dir'
    export PATH
    ;;
  esac
fi
$login_end
LOGIN_END
}

fish_block() {
  cat <<LOGIN_END
$login_begin
$login_note
if $login_fish_guard
    contains -- '$login_dir' \$PATH; or set -gx PATH \$PATH '$login_dir'
end
$login_end
LOGIN_END
}

# Whether the block stands in the file; else sets login_stale.
offer_file() {
  mend_read "$1"
  case $mend_old in
    *"$login_block"*) ;;
    *) login_stale=yes ;;
  esac
}

mend_file() {
  mend_target=$1
  if ! follow_links || ! mend_text || ! mend_write; then
    warn "could not add aibridge-run to the PATH of login shells in $1, because $mend_reason: $login_cure"
  fi
}

# Sets mend_new to the text with the block: in the place of the one before, or at the end.
mend_text() {
  mend_open || return
  mend_new=${mend_old%.}
  case $mend_old in
    *"$login_block"*) return 0 ;;
    *"$login_begin"*)
      # The last one: a line of ours that lost its other end must not take along what is the user's.
      mend_before=${mend_new%"$login_begin"*}
      mend_after=${mend_new#"$mend_before"}
      case $mend_after in
        *"$login_end"*)
          mend_new=$mend_before$login_block${mend_after#*"$login_end"}
          return
          ;;
      esac
      ;;
  esac
  case $mend_new in
    '' | *'
') ;;
    *)
      mend_new="$mend_new
"
      ;;
  esac
  mend_new="$mend_new$login_block
"
}
