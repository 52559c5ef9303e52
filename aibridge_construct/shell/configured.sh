# shellcheck disable=SC2148,SC2154,SC2016 # npm's own ${HOME}; text of a script; the values, aibridge_lib and environment.sh stand before it

# Files of the user that name certificates, and programs that read certificates from files only. As in environment.sh:
# names begin with aibridge_, and where there is nothing to do no process is started.

# ---- files that name certificates ----------------------------------------------------------------------

# Such a file makes its program distrust the proxy, or a variable of ours makes it forget the file. So it counts like the
# variable by which the workspace could have named the same.
aibridge_read_files() {
  case ${HOME-} in
    '') return 0 ;;
  esac
  aibridge_read npm_config_cafile cafile "${npm_config_userconfig:-${NPM_CONFIG_USERCONFIG:-$HOME/.npmrc}}" .npmrc
  aibridge_read PIP_CERT cert "${PIP_CONFIG_FILE:-${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf}" "$HOME/.pip/pip.conf"
  aibridge_read AWS_CA_BUNDLE ca_bundle "${AWS_CONFIG_FILE:-$HOME/.aws/config}"
  aibridge_read GIT_SSL_CAINFO sslcainfo "$HOME/.gitconfig" "${XDG_CONFIG_HOME:-$HOME/.config}/git/config"
}

# aibridge_read VARIABLE KEY FILE...: sets the variable, if it is not set and the program is the tool's.
aibridge_read() {
  case " $aibridge_standing $aibridge_set " in
    *" $1 "*) ;;
    *) return 0 ;;
  esac
  aibridge_variable=$1 aibridge_key=$2
  eval "aibridge_value=\${$1-}"
  case $1:$aibridge_value in
    *:?*) return 0 ;;
    npm_config_cafile:) [ -z "${NPM_CONFIG_CAFILE-}" ] || return 0 ;;
  esac
  shift 2
  for aibridge_file in "$@"; do
    if [ -f "$aibridge_file" ] && [ -r "$aibridge_file" ]; then
      aibridge_read_lines <"$aibridge_file"
    fi
  done
}

# The last one counts.
aibridge_read_lines() {
  while IFS=' 	' read -r aibridge_line || [ -n "$aibridge_line" ]; do
    case $aibridge_line in
      *=*) ;;
      *) continue ;;
    esac
    aibridge_value=${aibridge_line#*=}
    aibridge_line=${aibridge_line%%=*}
    aibridge_lower "${aibridge_line%%[ 	]*}"
    [ "$aibridge_lowered" = "$aibridge_key" ] || continue
    aibridge_value=${aibridge_value#"${aibridge_value%%[! 	]*}"}
    aibridge_value=${aibridge_value%"${aibridge_value##*[! 	[:cntrl:]]}"}
    case $aibridge_value in
      \"*\" | \'*\') aibridge_value=${aibridge_value#?} aibridge_value=${aibridge_value%?} ;;
    esac
    case $aibridge_value in
      [~]/*) aibridge_value=$HOME/${aibridge_value#??} ;;
      '${HOME}/'*) aibridge_value=$HOME/${aibridge_value#*/} ;;
    esac
    # What is not there harms as little as before.
    case $aibridge_value in
      /*) [ ! -f "$aibridge_value" ] || eval "$aibridge_variable=\$aibridge_value" ;;
    esac
  done
}

# ---- programs that read files --------------------------------------------------------------------------

# aibridge_write_files [curl] [wget]: curl takes no variable for the certificate of a proxy that is reached by TLS, and
# the wget of Debian none at all. CURL_HOME and WGETRC name files of ours: the user's own, then what is missing.
aibridge_write_files() {
  for aibridge_program in "$@"; do
    case $aibridge_program:$HTTPS_PROXY in
      curl:[Hh][Tt][Tt][Pp][Ss]:* | wget:*) command -v "$aibridge_program" >/dev/null 2>&1 || continue ;;
      *) continue ;;
    esac
    "aibridge_has_written_$aibridge_program" && continue
    aibridge_found=$(
      aibridge_lib
      configure "$aibridge_program" "$aibridge_room" "$aibridge_bundle_path" </dev/null
    ) || :
    case $aibridge_program:$aibridge_found in
      *:) ;;
      curl:*) CURL_HOME=$aibridge_found && export CURL_HOME ;;
      wget:*) WGETRC=$aibridge_found && export WGETRC ;;
    esac
  done
}

# Most tools find the file as the first one has made it. A user's own file may have changed, so a new copy is made.

aibridge_has_written_curl() {
  for aibridge_file in "${CURL_HOME:-/nonexistent}/.curlrc" "${XDG_CONFIG_HOME:-/nonexistent}/.curlrc" \
    "${XDG_CONFIG_HOME:-/nonexistent}/curlrc" "${HOME:-/nonexistent}/.curlrc" "${HOME:-/nonexistent}/.config/curlrc"; do
    [ ! -f "$aibridge_file" ] || return
  done
  aibridge_file=$aibridge_room/curl-${aibridge_bundle_path##*/}
  aibridge_is_ours "$aibridge_file" && aibridge_reads "$aibridge_file/.curlrc" "proxy-cacert = \"$aibridge_bundle_path\"" &&
    CURL_HOME=$aibridge_file && export CURL_HOME
}

aibridge_has_written_wget() {
  [ ! -f "${WGETRC:-${HOME:-/nonexistent}/.wgetrc}" ] || return
  aibridge_file=$aibridge_room/wget-${aibridge_bundle_path##*/}
  aibridge_reads "$aibridge_file" "ca_certificate = $aibridge_bundle_path" && WGETRC=$aibridge_file && export WGETRC
}

# aibridge_reads FILE LINE: whether it is ours, in our directory, and holds the line and nothing else.
aibridge_reads() {
  aibridge_is_ours "$1" && aibridge_is_ours "$aibridge_room" && [ -f "$1" ] &&
    { read -r aibridge_line && ! read -r aibridge_value; } <"$1" && [ "$aibridge_line" = "$2" ]
} 2>/dev/null

# shellcheck disable=SC3067 # -O: dash, bash and busybox have it
aibridge_is_ours() { [ -O "$1" ] && ! [ -L "$1" ]; }
