# shellcheck disable=SC2034,SC2153,SC2154 # shared with lib.sh, mend.sh and the values, which stand before this text

# Puts settings into the machine settings of editors that run in the workspace, or takes them out again. They are JSON
# with comments and trailing commas, and the user's: what is there stays as it is, byte by byte, and where the user has
# set one of ours to another value, that value stays.
#
# Ours stand in one block behind the first brace, between two comments. The first one holds a checksum: a block that
# somebody has changed is the user's from then on, and only its comments go.

main() {
  watch_exits
  sync_begin_beside "$SYNC_UNIT"
  # A script that fails would keep a prebuilt workspace from being claimed.
  if ! [ -d "${HOME-}" ]; then
    warn 'the settings of editors were not looked at, because HOME is not a directory: check the image.'
  elif ! have awk; then
    warn 'the settings of editors were not touched, because awk was not found: install it in the workspace image.'
  else
    for editor_file in $FILES; do
      edit "$HOME/$editor_file"
    done
  fi
}

edit() {
  mend_target=$1
  if ! follow_links || ! mend_open || ! edit_text || ! edit_write; then
    warn "could not change the settings of editors in $1, because $mend_reason."
  fi
}

# Sets mend_new.
edit_text() {
  mend_reason='it is not a JSON object'
  edit_is_new=yes
  [ ! -e "$mend_target" ] || edit_is_new=''
  mend_new=$(printf '%s\n' "$mend_old" | EDITOR_SETTINGS=$SETTINGS EDITOR_IS_NEW=$edit_is_new awk "$EDIT_SETTINGS") ||
    return
  edit_kept=${mend_new%%
*}
  mend_new=${mend_new#*
}
  mend_new=${mend_new%.}
  [ -z "$edit_kept" ] || [ -z "$SETTINGS" ] || warn "$mend_target sets $edit_kept to another value, which was kept: editors may not go through the AI Bridge Proxy. Take it out, or set it to what the template says."
}

# A file that only we have written goes as a whole.
edit_write() {
  if [ -z "$SETTINGS" ] && [ "$edit_kept" = nothing ]; then
    rm -f "$mend_target" && say "$mend_target was removed: nothing but our settings stood in it"
  elif [ "$mend_new" != "${mend_old%.}" ]; then
    mend_write && say "$mend_target was changed"
  fi
}

# In: the text and a full stop. Out: a line with the keys that the user has set to other values, the new text, a full
# stop. Without EDITOR_SETTINGS, lines of the form "key": value, the block is taken out, and the line reads "nothing"
# where nothing of the user's is left in a file that was made for it. Status 3: it cannot be read.
# shellcheck disable=SC2016 # $0 is awk's
EDIT_SETTINGS='
BEGIN {
  for (number = 1; number < 256; number++) code[sprintf("%c", number)] = number
  head = "/* >>> aibridge-construct "
  tail = "/* <<< aibridge-construct <<< */"
}
{ text = text (NR > 1 ? "\n" : "") $0 }
END {
  text = substr(text, 1, length(text) - 1)
  take_out()
  count = split(ENVIRON["EDITOR_SETTINGS"], ours, "\n")
  kept = !count && was == "made" && text == "" ? "nothing" : ""
  if (count) {
    kind = "added"
    if (text ~ /^[ \t\r\n]*$/) {
      kind = was == "made" || ENVIRON["EDITOR_IS_NEW"] ? "made" : "filled"
      text = text "{\n}\n"
    }
    if (!scan()) exit 3
    put_in(kind)
  }
  printf "%s\n%s.", kept, text
}

function checksum(inner, sum, at) {
  sum = length(inner)
  for (at = 1; at <= length(inner); at++) sum = (sum * 31 + code[substr(inner, at, 1)]) % 1000003
  return sum
}

function take_out(start, rest, stop, words, inner, before, after) {
  start = index(text, head)
  if (!start) return
  rest = substr(text, start + length(head))
  stop = index(rest, tail)
  if (!stop || !index(rest, ">>> */")) return
  split(rest, words, " ")
  inner = substr(rest, index(rest, ">>> */") + 6)
  inner = substr(inner, 1, index(inner, tail) - 1)
  before = substr(text, 1, start - 1)
  after = substr(rest, stop + length(tail))
  if (checksum(inner) != words[2]) {
    text = before inner after
    return
  }
  sub(/\n  $/, "", before)
  text = before after
  was = words[1]
  if (was != "added" && text ~ /\{\n\}\n$/) text = substr(text, 1, length(text) - 4)
}

# Sets opening, where the first brace stands, and value[KEY] of each key of the object. Fails if it is none.
function scan(lines, total, line, number, at, ch, state, depth, offset, closed, token) {
  total = split(text, lines, "\n")
  offset = 0; depth = 0; state = ""; closed = 0; opening = 0; entries = 0; key = ""; valued = 0; given = ""
  for (number = 1; number <= total; number++) {
    line = lines[number]
    at = 1
    if (number == 1 && substr(line, 1, 3) == "\357\273\277") at = 4
    for (; at <= length(line); at++) {
      ch = substr(line, at, 1)
      if (state == "comment") {
        if (ch == "*" && substr(line, at + 1, 1) == "/") { state = ""; at++ }
      } else if (state == "string") {
        token = token ch
        if (ch == "\\") { at++; token = token substr(line, at, 1) }
        else if (ch == "\"") {
          state = ""
          if (valued) given = given token
          else if (depth == 1) key = token
        }
      } else if (ch == "/" && substr(line, at + 1, 1) == "/") {
        break
      } else if (ch == "/" && substr(line, at + 1, 1) == "*") {
        state = "comment"; at++
      } else if (ch == " " || ch == "\t" || ch == "\r") {
        continue
      } else if (closed || (!depth && ch != "{")) {
        return 0
      } else if (ch == "\"") {
        state = "string"; token = ch
      } else if (depth == 1 && ch == ":") {
        valued = 1; given = ""
      } else if (depth == 1 && (ch == "," || ch == "}")) {
        if (key != "") { value[key] = given; entries++ }
        key = ""; valued = 0; given = ""
        if (ch == "}") { depth = 0; closed = 1 }
      } else {
        if (ch == "{" || ch == "[") depth++
        if (ch == "}" || ch == "]") depth--
        if (!opening) opening = offset + at
        else if (valued) given = given ch
      }
    }
    if (state == "string") return 0
    offset += length(line) + 1
  }
  return closed && state == ""
}

function put_in(kind, number, cut, key, wanted, inner, last, added) {
  added = 0; inner = ""
  for (number = 1; number <= count; number++) {
    cut = index(ours[number], ": ")
    key = substr(ours[number], 1, cut - 1)
    wanted = substr(ours[number], cut + 2)
    if (key in value) {
      if (value[key] != wanted) kept = kept (kept == "" ? "" : ", ") key
      continue
    }
    inner = inner (added ? "," : "") "\n  " key ": " wanted
    added++
  }
  if (!added) return
  inner = inner (entries ? "," : "") "\n  "
  text = substr(text, 1, opening) "\n  " head kind " " checksum(inner) " >>> */" inner tail substr(text, opening + 1)
}
'

main "$@" </dev/null
