# shellcheck disable=SC2148,SC2154 # text of a script; lib.sh and the values stand before it
# shellcheck disable=SC3013,SC3067 # -ef and -O: dash, bash and busybox have them

# Certificates that the workspace names in variables of its own: found, read, and merged with ours.
#
# Merged files lie in the directory CERT_PATH.trust (0700): certificate-ID.pem, bundle-ID.pem, and the links ID.nnn
# to the files that were merged, from which a refresh makes them again. ID depends on those files' paths.

MAX_NAMED_BYTES=4194304

source_said='' # variables that a warning has named

trust_close() {
  work_end
  [ -z "$remover" ] || wait "$remover" 2>/dev/null
}

# refold CERTIFICATE BUNDLE: makes the merged files of processes that started before anew, under the same names.
# A source that has gone is left out.
refold() {
  [ -d "$1.trust" ] || return 0
  trust_close
  sources_begin "$1" "$2" ''
  refold_all "$@" || warn "$trust_problem: what runs already goes on with the old certificates."
  umask 022
  trust_close
}

refold_all() {
  trust_open || return
  source_quiet=yes
  for refold_file in "$trust_room"/certificate-*.pem; do
    [ -f "$refold_file" ] || continue
    source_id=${refold_file##*/certificate-}
    source_id=${source_id%.pem}
    empty_named || return
    for refold_link in "$trust_room/$source_id".[0-9]*; do
      source_take '' "$refold_link"
    done
    [ -z "$source_failed" ] && merge "$1" certificate && merge "$2" bundle || return
  done
}

# ---- the directory of the merged files -----------------------------------------------------------------

# trust_open: the directory is ours alone, or else trust_problem says what is wrong. Begins the work in it.
trust_open() {
  trust_problem="could not write in the directory $trust_room: check its owner, its permissions and the free space"
  umask 077
  if ! mkdir -m 700 "$trust_room" 2>/dev/null; then
    if [ -L "$trust_room" ] || squatted "$trust_room" || { [ -d "$trust_room" ] && ! [ -O "$trust_room" ]; }; then
      trust_problem="$trust_room is not a directory of this user, so somebody else could exchange what is in it"
      return 1
    fi
    chmod 700 "$trust_room" 2>/dev/null || return
  fi
  work_begin "$trust_room"
}

# merge OURS KIND
merge() {
  [ -n "$1" ] || return 0
  { cat "$1" && echo && cat "$work/named"; } 2>/dev/null >"$work/merged" &&
    place "$work/merged" "$trust_room/$2-$source_id.pem"
}

# ---- the sources: source_1, source_2, ... --------------------------------------------------------------

# sources_begin CERTIFICATE BUNDLE ROOTS: these ('' = none) are in what is made already, so never a source.
sources_begin() {
  trust_certificate=$1 trust_bundle=$2 trust_roots=$3 trust_room=$1.trust
  source_count=0 source_failed='' source_quiet='' source_taken=''
}

empty_named() { true 2>/dev/null >"$work/named"; }

# sources_of VARIABLES: reads what they name into $work/named. Status 1: it could not be written.
sources_of() {
  empty_named || return
  # First what an outer process of ours has merged, in its order: then the ID is the same.
  for source_name in $1; do
    eval "source_value=\${$source_name-}"
    case $source_value in
      "$trust_room"/*-*.pem) source_add_merged "$source_name" "$source_value" ;;
    esac
  done
  for source_name in $1; do
    eval "source_value=\${$source_name-}"
    case $source_name:$source_value in
      *: | *:"$trust_room"/*-*.pem) ;;
      SSL_CERT_DIR:*) source_add_directories "$source_value:" ;;
      *) source_add "$source_name" "$source_value" ;;
    esac
  done
  [ -z "$source_failed" ]
}

source_add_merged() {
  source_kin=${2##*/}
  source_kin=${source_kin%.pem}
  for source_link in "$trust_room/${source_kin#*-}".[0-9]*; do
    [ -L "$source_link" ] || continue
    # The x keeps a newline at the end of the path.
    if source_target=$(readlink "$source_link" 2>/dev/null && printf x); then
      source_add "$1" "${source_target%?x}"
    else
      source_add "$1" "$source_link"
    fi
  done
}

# The programs that read SSL_CERT_DIR go on to read it: what is wrong with it is not ours to say.
source_add_directories() {
  source_quiet=yes
  source_list=$1
  while [ -n "$source_list" ]; do
    source_add SSL_CERT_DIR "${source_list%%:*}"
    source_list=${source_list#*:}
  done
  source_quiet=''
}

# source_add VARIABLE PATH
source_add() {
  case $2 in
    '') return 0 ;;
    /*) source_path=$2 ;;
    *) source_path=$PWD/$2 ;;
  esac
  source_is_known "$source_path" || source_take "$1" "$source_path"
}

source_is_known() {
  for source_known in "$trust_certificate" "$trust_bundle" "$trust_roots"; do
    is_same "$1" "$source_known" && return
  done
  source_number=0
  while [ "$source_number" -lt "$source_count" ]; do
    source_number=$((source_number + 1))
    eval "source_known=\$source_$source_number"
    is_same "$1" "$source_known" && return
  done
  return 1
}

is_same() { [ "$1" = "$2" ] || [ "$1" -ef "$2" ]; }

# source_take VARIABLE PATH: its certificates go to $work/named, and nothing else of it.
source_take() {
  if [ -d "$2" ]; then
    source_take_directory "$1" "$2"
  elif ! [ -e "$2" ]; then
    source_refuse "$1" "$2" 'which is missing'
  elif ! [ -f "$2" ]; then
    source_refuse "$1" "$2" 'which is not a file'
  elif ! [ -r "$2" ]; then
    source_refuse "$1" "$2" 'which cannot be read'
  elif [ "$(wc -c <"$2")" -gt "$MAX_NAMED_BYTES" ]; then
    source_refuse "$1" "$2" "which is larger than $MAX_NAMED_BYTES bytes"
  else
    source_read "$1" "$2" "$2"
  fi
}

# OpenSSL looks in a directory for names of eight digits, a dot and a number.
source_take_directory() {
  source_variable=$1 source_directory=$2
  set --
  for source_file in "$source_directory"/????????.[0-9]*; do
    if [ -f "$source_file" ] && [ -r "$source_file" ]; then
      set -- "$@" "$source_file"
    fi
  done
  if [ $# -gt 0 ]; then
    source_read "$source_variable" "$source_directory" "$@"
  else
    source_refuse "$source_variable" "$source_directory" 'a directory without certificates'
  fi
}

# source_read VARIABLE PATH FILE...
source_read() {
  source_variable=$1 source_read_path=$2
  shift 2
  if have awk; then
    awk "$CERTIFICATES_ONLY" "$@" 2>/dev/null >>"$work/named"
  else
    copy_certificates "$@" 2>/dev/null >>"$work/named"
  fi
  case $? in
    0)
      source_count=$((source_count + 1)) source_taken="$source_taken $source_variable"
      eval "source_$source_count=\$source_read_path"
      ;;
    3) source_refuse "$source_variable" "$source_read_path" 'which holds no certificate' ;;
    *) source_failed=yes ;;
  esac
}

source_refuse() {
  [ -z "$source_quiet" ] || return 0
  case " $source_said " in
    *" $1 "*) return 0 ;;
  esac
  source_said="$source_said $1"
  warn "$1 of this workspace names $2, $3: it adds nothing to what is trusted behind the AI Bridge Proxy."
}

# Without awk: only files that hold nothing else. In a subshell: pem_check sets what is known of the proxy's own.
copy_certificates() (
  copy_status=3
  for copy_file in "$@"; do
    if pem_check "$copy_file"; then
      cat "$copy_file" && { [ -z "$pem_open_end" ] || echo; } || exit 2
      copy_status=0
    fi
  done
  exit "$copy_status"
)

# Complete certificates and nothing else: no private key of a combined file, no text, nothing that was cut, which
# would make programs refuse the whole file. Whether a block is whole: as in pem_whole. Status 3: there is none.
# shellcheck disable=SC2016 # $0 is awk's
CERTIFICATES_ONLY='
function value(text, at) {
  return index("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", substr(text, at, 1)) - 1
}
function whole(text, size, second, third) {
  size = length(text)
  if (size % 4 || size < 8 || text ~ /=[^=]/ || text ~ /===/) return 0
  second = value(text, 2) % 16 * 16 + int(value(text, 3) / 4)
  third = value(text, 3) % 4 * 64 + value(text, 4)
  if (value(text, 1) * 4 + int(value(text, 2) / 16) != 48) return 0
  size = size * 3 / 4 - (text ~ /==$/ ? 2 : text ~ /=$/ ? 1 : 0)
  if (second == 129) return size == 3 + third
  return second == 130 && size == 4 + third * 256 + value(text, 5) * 4 + int(value(text, 6) / 16)
}
{ sub(/[ \t\r]+$/, "") }
FNR == 1 { inside = 0; sub(/^\357\273\277/, "") }
/^-----BEGIN (X509 )?CERTIFICATE-----$/ { inside = 1; body = ""; block = ""; next }
/^-----END (X509 )?CERTIFICATE-----$/ {
  if (inside && whole(body)) {
    printf "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n", block
    found = 1
  }
  inside = 0
  next
}
inside {
  sub(/^[ \t]+/, "")
  if ($0 ~ /[^A-Za-z0-9+\/=]/) inside = 0
  body = body $0
  block = block $0 "\n"
}
END { exit found ? 0 : 3 }
'
