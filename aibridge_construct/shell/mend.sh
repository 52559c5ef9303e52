# shellcheck shell=sh disable=SC2034,SC2154 # shared with lib.sh, which stands before this text

# Changes files of the user: the whole new file beside the old one, then one rename. What is wrong stands in
# mend_reason.

# More than any person wrote.
MEND_MAX_BYTES=524288
# A lock that stays for so many seconds is one of a script that was killed: a change takes milliseconds.
LOGIN_LOCK_SECONDS=10

# mend_read FILE: sets mend_old to all of it and a full stop, which keeps the newlines at its end.
mend_read() {
  mend_old=.
  [ -e "$1" ] || return 0
  [ -f "$1" ] && [ -r "$1" ] && [ "$(wc -c <"$1")" -le "$MEND_MAX_BYTES" ] && mend_old=$(cat "$1" && echo .)
} 2>/dev/null

# Reads mend_target.
mend_open() {
  mend_reason='it is no file that can be read, or too large'
  mend_read "$mend_target" || return
  mend_reason='it is not a text file'
  [ "$mend_old" = . ] || [ "$(wc -c <"$mend_target")" -eq $((${#mend_old} - 1)) ]
}

# A link stays a link: what it leads to is changed.
follow_links() {
  mend_reason='it is a link that leads nowhere'
  for _ in 1 2 3 4 5 6 7 8; do
    [ -L "$mend_target" ] || return 0
    mend_link=$(readlink "$mend_target" 2>/dev/null) || return
    case $mend_link in
      /*) mend_target=$mend_link ;;
      *) mend_target=${mend_target%/*}/$mend_link ;;
    esac
    [ -e "$mend_target" ] || return
  done
  return 1
}

# The whole new file beside the old one, then one rename. Mode, owner and what else cp keeps stay.
mend_write() {
  [ "$mend_new" != "${mend_old%.}" ] || return 0
  mend_reason='it cannot be written'
  mend_dir=${mend_target%/*} mend_status=0
  mkdir -p "$mend_dir" 2>/dev/null && work_begin "$mend_dir" || return
  { mend_copy && place "$work/new" "$mend_target"; } 2>/dev/null || mend_status=1
  work_end
  wait "$remover" 2>/dev/null
  return "$mend_status"
}

mend_copy() {
  umask 022
  if ! [ -e "$mend_target" ]; then
    printf '%s' "$mend_new" >"$work/new"
    return
  fi
  # shellcheck disable=SC3067 # -O: dash, bash and busybox have it
  if ! [ -O "$mend_target" ] && [ "$(id -u)" != 0 ]; then
    mend_reason='it belongs to somebody else'
    return 1
  fi
  cp -p "$mend_target" "$work/new" || return
  if [ -w "$work/new" ]; then
    printf '%s' "$mend_new" >"$work/new"
  else
    chmod u+w "$work/new" && printf '%s' "$mend_new" >"$work/new" && chmod u-w "$work/new"
  fi
}

# lock_begin DIRECTORY: makes it, which only one script can. Status 1 where nobody can.
lock_begin() {
  tick
  lock_deadline=$((now + LOGIN_LOCK_SECONDS))
  lock_failures=0
  until mkdir "$1" 2>/dev/null; do
    # It may have gone since.
    [ -d "$1" ] || lock_failures=$((lock_failures + 1))
    [ "$lock_failures" -lt 3 ] || return 1
    tick
    if [ "$now" -ge "$lock_deadline" ]; then
      rmdir "$1" 2>/dev/null || return 1
      lock_deadline=$((now + LOGIN_LOCK_SECONDS))
    else
      pause_for 0.1 || pause_for 1
    fi
  done
  lock=$1
}
