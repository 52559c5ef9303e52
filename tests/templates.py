"""Terraform templates, what they are made of, and what Terraform makes of them.

A row is a template; its parts, ``=`` before the characters of a literal, ``$`` before what stands in ``${…}`` and ``%``
before what stands in ``%{…}``, or ``UNCLOSED``; what it refers to, or why it cannot be read; and its value.
"""

from __future__ import annotations

from typing import Any, NamedTuple

#: Terraform refuses it.
REFUSED = object()
#: Whether it works depends on where it stands: on a loop of resources, on the engine, on providers.
ELSEWHERE = object()

UNCLOSED = None

#: What the templates may refer to.
CONFIGURATION = {
    "variable": {
        "a": {"default": "A"},
        "b": {"default": True},
        "n": {"default": 2},
        "l": {"default": ["p", "q"]},
        "m": {"default": {"x": "X", "y z": "Y"}},
        "a-b_c1": {"default": "dash"},
    },
    "locals": {
        "x": {"a": {"b": "c"}, "l": [{"id": 1}, {"id": 2}]},
        "ünï": "uni",
    },
    "resource": {"terraform_data": {"many": {"count": 2, "input": "i"}, "one": {"input": "j"}}},
}


class Row(NamedTuple):
    """One template."""

    template: str
    parts: list[str] | None
    references: str | tuple[str, ...]
    value: Any


class Wrong(NamedTuple):
    """One template that Terraform cannot read, with the reason and the place (line, column)."""

    template: str
    parts: list[str] | None
    reason: str
    place: tuple[int, int]


LITERALS = [
    Row("", [], "", ""),
    Row("plain", ["=plain"], "", "plain"),
    Row("$", ["=$"], "", "$"),
    Row("%", ["=%"], "", "%"),
    Row("$HOME %d $$ %% $(id) {x}", ["=$HOME %d $$ %% $(id) {x}"], "", "$HOME %d $$ %% $(id) {x}"),
    Row("$${HOME}", ["=${HOME}"], "", "${HOME}"),
    Row("%%{http_code}", ["=%{http_code}"], "", "%{http_code}"),
    Row("a $${x:-y} b", ["=a ${x:-y} b"], "", "a ${x:-y} b"),
    Row("$${unclosed", ["=${unclosed"], "", "${unclosed"),
    Row('back\\slash \\n \\"', ['=back\\slash \\n \\"'], "", 'back\\slash \\n \\"'),
    Row(
        '"quoted" # no comment // nor this /* or this */',
        ['="quoted" # no comment // nor this /* or this */'],
        "",
        '"quoted" # no comment // nor this /* or this */',
    ),
    Row("two\nlines\n", ["=two\nlines\n"], "", "two\nlines\n"),
    Row("var.a", ["=var.a"], "", "var.a"),
    Row("ümläut 🚀", ["=ümläut 🚀"], "", "ümläut 🚀"),
    Row("<<EOT\nx\nEOT\n", ["=<<EOT\nx\nEOT\n"], "", "<<EOT\nx\nEOT\n"),
]

REFERENCES = [
    Row("${var.a}", ["$var.a"], "var.a", "A"),
    Row("${ var.a }", ["$var.a"], "var.a", "A"),
    Row("${\n  var.a\n}", ["$var.a"], "var.a", "A"),
    Row("x${var.a}y", ["=x", "$var.a", "=y"], "var.a", "xAy"),
    Row("${var.a}${var.n}", ["$var.a", "$var.n"], "var.a var.n", "A2"),
    Row("${var.a-b_c1}", ["$var.a-b_c1"], "var.a-b_c1", "dash"),
    Row("${local.ünï}", ["$local.ünï"], "local.ünï", "uni"),
    Row("$$ ${var.a}", ["=$$ ", "$var.a"], "var.a", "$$ A"),
    Row("$${var.a} ${var.a}", ["=${var.a} ", "$var.a"], "var.a", "${var.a} A"),
    Row("%${var.a}", ["=%", "$var.a"], "var.a", "%A"),
    Row("${var.a}$", ["$var.a", "=$"], "var.a", "A$"),
    Row('${local.x["a"].b}', ['$local.x["a"].b'], 'local.x["a"].b', "c"),
    Row('${var.m["y z"]}', ['$var.m["y z"]'], ('var.m["y z"]',), "Y"),
    Row("${var.m.x}", ["$var.m.x"], "var.m.x", "X"),
    Row("${var.l[0]}", ["$var.l[0]"], "var.l[0]", "p"),
    Row("${var.l.1}", ["$var.l.1"], "var.l[1]", "q"),
    Row("${var.l[ 1 ]}", ["$var.l[ 1 ]"], "var.l[1]", "q"),
    Row("${var.l[var.n - 1]}", ["$var.l[var.n - 1]"], "var.l var.n", "q"),
    Row('${var.m["${var.a == "A" ? "x" : "y z"}"]}', ['$var.m["${var.a == "A" ? "x" : "y z"}"]'], "var.m var.a", "X"),
    Row('${join(",", local.x.l[*].id)}', ['$join(",", local.x.l[*].id)'], "local.x.l", "1,2"),
    Row('${join(",", local.x.l.*.id)}', ['$join(",", local.x.l.*.id)'], "local.x.l", "1,2"),
    Row("${local.x.l[0].id}", ["$local.x.l[0].id"], "local.x.l[0].id", 1),
    Row("${terraform_data.one.input}", ["$terraform_data.one.input"], "terraform_data.one.input", "j"),
    Row("${terraform_data.many[0].input}", ["$terraform_data.many[0].input"], "terraform_data.many[0].input", "i"),
    Row(
        "${resource.terraform_data.one.input}",
        ["$resource.terraform_data.one.input"],
        "resource.terraform_data.one.input",
        "j",
    ),
    Row("${terraform_data.many[*].input}", ["$terraform_data.many[*].input"], "terraform_data.many", ["i", "i"]),
    Row("${terraform.workspace}", ["$terraform.workspace"], "terraform.workspace", "default"),
    Row("${path.module}", ["$path.module"], "path.module", "."),
    Row(
        "${data.coder_parameter.cpu.value}",
        ["$data.coder_parameter.cpu.value"],
        "data.coder_parameter.cpu.value",
        ELSEWHERE,
    ),
    Row(
        "${2 * data.coder_parameter.cpu.value}",
        ["$2 * data.coder_parameter.cpu.value"],
        "data.coder_parameter.cpu.value",
        ELSEWHERE,
    ),
    Row("${module.m.out}", ["$module.m.out"], "module.m.out", ELSEWHERE),
    Row("${module.m[0].out}", ["$module.m[0].out"], "module.m[0].out", ELSEWHERE),
    Row("${each.key}=${each.value.x}", ["$each.key", "==", "$each.value.x"], "each.key each.value.x", ELSEWHERE),
    Row("${count.index}", ["$count.index"], "count.index", ELSEWHERE),
    Row("${self.id}", ["$self.id"], "self.id", ELSEWHERE),
    Row("${coder_agent.main[0].id}", ["$coder_agent.main[0].id"], "coder_agent.main[0].id", ELSEWHERE),
    Row("${TfToken[TOKEN.0]}", ["$TfToken[TOKEN.0]"], "TfToken[TOKEN.0]", ELSEWHERE),
    Row("x${TfToken[TOKEN.12]}y", ["=x", "$TfToken[TOKEN.12]", "=y"], "TfToken[TOKEN.12]", ELSEWHERE),
    Row("${upper(${TfToken[TOKEN.3]})}", ["$upper(${TfToken[TOKEN.3]})"], "TfToken[TOKEN.3]", ELSEWHERE),
    Row("${-8.109562212591379e+298 + 1}", ["$-8.109562212591379e+298 + 1"], "", ELSEWHERE),
]

EXPRESSIONS = [
    Row("${1 + 1}", ["$1 + 1"], "", 2),
    Row("${2 * var.n}", ["$2 * var.n"], "var.n", 4),
    Row("${-var.n}", ["$-var.n"], "var.n", -2),
    Row("${!var.b}", ["$!var.b"], "var.b", False),
    Row("${!!var.b}", ["$!!var.b"], "var.b", True),
    Row("${- -var.n}", ["$- -var.n"], "var.n", 2),
    Row("${(1 + 2) * 3 % 5}", ["$(1 + 2) * 3 % 5"], "", 4),
    Row("${var.n >= 2 && var.n != 3 || false}", ["$var.n >= 2 && var.n != 3 || false"], "var.n var.n", True),
    Row("${true ? 1 : 2}", ["$true ? 1 : 2"], "", 1),
    Row("${var.b ? var.a : local.x.a.b}", ["$var.b ? var.a : local.x.a.b"], "var.b var.a local.x.a.b", "A"),
    Row("${var.b?1:2}", ["$var.b?1:2"], "var.b", 1),
    Row("${false ? 1 : true ? 2 : 3}", ["$false ? 1 : true ? 2 : 3"], "", 2),
    Row("${null}", ["$null"], "", None),
    Row("${1.5e3}", ["$1.5e3"], "", 1500),
    Row("${0.5}", ["$0.5"], "", 0.5),
    Row('${"x"}', ['$"x"'], "", "x"),
    Row('${upper("x")}', ['$upper("x")'], "", "X"),
    Row('${upper ("x")}', ['$upper ("x")'], "", "X"),
    Row("${max(1, 2,)}", ["$max(1, 2,)"], "", 2),
    Row("${max([1, 2]...)}", ["$max([1, 2]...)"], "", 2),
    Row("${max(\n1,\n2\n)}", ["$max(\n1,\n2\n)"], "", 2),
    Row("${core::upper(var.a)}", ["$core::upper(var.a)"], "var.a", "A"),
    Row("${provider::coder::f(var.a)}", ["$provider::coder::f(var.a)"], "var.a", ELSEWHERE),
    Row("${upper(lower(var.a)).x}", ["$upper(lower(var.a)).x"], "var.a", REFUSED),
    Row('${split(",", "a,b")[1]}', ['$split(",", "a,b")[1]'], "", "b"),
    Row("${[1, 2][0]}", ["$[1, 2][0]"], "", 1),
    Row('${[1, "a", true,]}', ['$[1, "a", true,]'], "", [1, "a", True]),
    Row("${[]}", ["$[]"], "", []),
    Row("${{}}", ["${}"], "", {}),
    Row("${{a=1}}", ["${a=1}"], "", {"a": 1}),
    Row("${{ a = 1, b : 2 }}", ["${ a = 1, b : 2 }"], "", {"a": 1, "b": 2}),
    Row(
        '${{ var = 1, (var.a) = 2, "${var.a}x" = 3, "q r" = 4 }}',
        ['${ var = 1, (var.a) = 2, "${var.a}x" = 3, "q r" = 4 }'],
        "var.a var.a",
        {"var": 1, "A": 2, "Ax": 3, "q r": 4},
    ),
    Row("${{\n  a = 1\n  b = [\n    2,\n  ]\n}}", ["${\n  a = 1\n  b = [\n    2,\n  ]\n}"], "", {"a": 1, "b": [2]}),
    Row("${{ a = { b = { c = var.a } } }.a.b.c}", ["${ a = { b = { c = var.a } } }.a.b.c"], "var.a", "A"),
    Row("${[for s in var.l : s]}", ["$[for s in var.l : s]"], "var.l", ["p", "q"]),
    Row(
        '${[for i, s in var.l : "${i}${s}${var.a}" if s != "q"]}',
        ['$[for i, s in var.l : "${i}${s}${var.a}" if s != "q"]'],
        "var.l var.a",
        ["0pA"],
    ),
    Row(
        "${{for k, v in var.m : k => upper(v)}}",
        ["${for k, v in var.m : k => upper(v)}"],
        "var.m",
        {"x": "X", "y z": "Y"},
    ),
    Row('${{ for s in var.l : "k" => s... }}', ['${ for s in var.l : "k" => s... }'], "var.l", {"k": ["p", "q"]}),
    Row("${[for var in var.l : var]}", ["$[for var in var.l : var]"], "var.l", ["p", "q"]),
    Row(
        "${[for a in [[1], [2]] : [for b in a : b + var.n]]}",
        ["$[for a in [[1], [2]] : [for b in a : b + var.n]]"],
        "var.n",
        [[3], [4]],
    ),
    Row("${[for o in local.x.l : o.id]}", ["$[for o in local.x.l : o.id]"], "local.x.l", [1, 2]),
    Row("${[\n  for s in var.l :\n  s\n]}", ["$[\n  for s in var.l :\n  s\n]"], "var.l", ["p", "q"]),
    Row("${local\n.x\n.a\n.b}", ["$local\n.x\n.a\n.b"], "local.x.a.b", "c"),
]

STRINGS = [
    Row('${"${var.a}"}', ['$"${var.a}"'], "var.a", "A"),
    Row('${"}"}', ['$"}"'], "", "}"),
    Row('${"var.zz ${"}${var.a}{"} \\" }"}', ['$"var.zz ${"}${var.a}{"} \\" }"'], "var.a", 'var.zz }A{ " }'),
    Row('${"$${var.zz} %%{x}"}', ['$"$${var.zz} %%{x}"'], "", "${var.zz} %{x}"),
    Row('${"a\\nb\\t\\\\\\u00e4"}', ['$"a\\nb\\t\\\\\\u00e4"'], "", "a\nb\t\\ä"),
    Row('${"\\\\"}', ['$"\\\\"'], "", "\\"),
    Row('${"$"}', ['$"$"'], "", "$"),
    Row('${"%{ if var.b }y%{ endif }"}', ['$"%{ if var.b }y%{ endif }"'], "var.b", "y"),
    Row('${"# no // comment /* */"}', ['$"# no // comment /* */"'], "", "# no // comment /* */"),
    Row('${""}', ['$""'], "", ""),
    Row(
        '${replace("a", "a", "${var.a}-${"${var.n}"}")}',
        ['$replace("a", "a", "${var.a}-${"${var.n}"}")'],
        "var.a var.n",
        "A-2",
    ),
    Row('${<<EOT\nvar.zz ${var.a} "}\nEOT\n}', ['$<<EOT\nvar.zz ${var.a} "}\nEOT'], "var.a", 'var.zz A "}\n'),
    Row("${<<-EOT\n    two\n      four\n    EOT\n}", ["$<<-EOT\n    two\n      four\n    EOT"], "", "two\n  four\n"),
    Row("${upper(<<X_1\nEOT\n$${y} X_1\nX_1\n)}", ["$upper(<<X_1\nEOT\n$${y} X_1\nX_1\n)"], "", "EOT\n${Y} X_1\n"),
    Row("${<<EOT\nEOT\n}", ["$<<EOT\nEOT"], "", ""),
    Row(
        "${<<EOT\n%{ for s in var.l ~}\n${s}\n%{ endfor ~}\nEOT\n}",
        ["$<<EOT\n%{ for s in var.l ~}\n${s}\n%{ endfor ~}\nEOT"],
        "var.l",
        "p\nq\n",
    ),
    Row("${<<EOT\nC:\\x\nEOT\n}", ["$<<EOT\nC:\\x\nEOT"], "", "C:\\x\n"),
]

COMMENTS = [
    Row('${ /* var.zz } " */ var.a }', ['$/* var.zz } " */ var.a'], "var.a", "A"),
    Row("${ # var.zz }\n var.a }", ["$# var.zz }\n var.a"], "var.a", "A"),
    Row('${ // var.zz "\n var.a }', ['$// var.zz "\n var.a'], "var.a", "A"),
    Row("${var.a /**/}", ["$var.a /**/"], "var.a", "A"),
    Row("${{ # first\n a = 1 // second\n b = 2\n}}", ["${ # first\n a = 1 // second\n b = 2\n}"], "", {"a": 1, "b": 2}),
    Row("%{ if /* x */ var.b }y%{ endif }", ["%if /* x */ var.b", "=y", "%endif"], "var.b", "y"),
]

DIRECTIVES = [
    Row("%{ if var.b }yes%{ endif }", ["%if var.b", "=yes", "%endif"], "var.b", "yes"),
    Row("%{if var.b}yes%{else}no%{endif}", ["%if var.b", "=yes", "%else", "=no", "%endif"], "var.b", "yes"),
    Row(
        "%{ if !var.b }${var.a}%{ else }${local.x.a.b}%{ endif }!",
        ["%if !var.b", "$var.a", "%else", "$local.x.a.b", "%endif", "=!"],
        "var.b var.a local.x.a.b",
        "c!",
    ),
    Row("%{ for s in var.l }${s},%{ endfor }", ["%for s in var.l", "$s", "=,", "%endfor"], "var.l", "p,q,"),
    Row("%{ for x in var.l }${x}%{ endfor }", ["%for x in var.l", "$x", "%endfor"], "var.l", "pq"),
    Row(
        "%{ for k, v in var.m }${k}=${v}${var.n};%{ endfor }",
        ["%for k, v in var.m", "$k", "==", "$v", "$var.n", "=;", "%endfor"],
        "var.m var.n",
        "x=X2;y z=Y2;",
    ),
    Row(
        "%{ for a in var.l }%{ for b in var.l }${a}${b} %{ endfor }%{ endfor }",
        ["%for a in var.l", "%for b in var.l", "$a", "$b", "= ", "%endfor", "%endfor"],
        "var.l var.l",
        "pp pq qp qq ",
    ),
    Row(
        '%{ for a in var.l }%{ if a == "p" }${a}%{ endif }%{ endfor }',
        ["%for a in var.l", '%if a == "p"', "$a", "%endif", "%endfor"],
        "var.l",
        "p",
    ),
    Row(
        " %{~ if var.b ~} \n yes \n %{~ endif ~} ",
        ["= ", "%if var.b", "= \n yes \n ", "%endif", "= "],
        "var.b",
        " yes \n",
    ),
    Row(" ${~ var.a ~} ", ["= ", "$var.a", "= "], "var.a", "A"),
    Row("a\n${~var.a~}\nb", ["=a\n", "$var.a", "=\nb"], "var.a", "aAb"),
    Row("${~ { a = 1 }.a ~} ", ["${ a = 1 }.a", "= "], "", "1"),
    Row("%{ if true }%%{x} $${y}%{ endif }", ["%if true", "=%{x} ${y}", "%endif"], "", "%{x} ${y}"),
]

UNRESOLVABLE = [
    Row("${HOME}", ["$HOME"], "HOME", REFUSED),
    Row("${x-default}", ["$x-default"], "x-default", REFUSED),
    Row("${x[0]}", ["$x[0]"], "x[0]", REFUSED),
    Row("${arr[*]}", ["$arr[*]"], "arr", REFUSED),
    Row("${x/a/b}", ["$x/a/b"], "x a b", REFUSED),
    Row("${x%y}", ["$x%y"], "x y", REFUSED),
    Row("${!name}", ["$!name"], "name", REFUSED),
    Row("${x==y}", ["$x==y"], "x y", REFUSED),
    Row('${"${HOME}"}', ['$"${HOME}"'], "HOME", REFUSED),
    Row("${var}", ["$var"], "var", REFUSED),
    Row('${var["a"]}', ['$var["a"]'], 'var["a"]', REFUSED),
    Row("${data.coder_workspace}", ["$data.coder_workspace"], "data.coder_workspace", REFUSED),
    Row("${count}", ["$count"], "count", REFUSED),
    Row("${each}", ["$each"], "each", REFUSED),
    Row("${upper(x)}", ["$upper(x)"], "x", REFUSED),
    Row("%{ for x in var.l }%{ endfor }${x}", ["%for x in var.l", "%endfor", "$x"], "var.l x", REFUSED),
    Row("${[for x in x : x]}", ["$[for x in x : x]"], "x", REFUSED),
]

WRONG = [
    Wrong("${", UNCLOSED, "${ is not closed", (1, 1)),
    Wrong("${}", ["$"], "an expression is missing", (1, 3)),
    Wrong("a\nb ${var.a", UNCLOSED, "${ is not closed", (2, 3)),
    Wrong("%{ if var.b", UNCLOSED, "%{ is not closed", (1, 1)),
    Wrong("${x:-y}", ["$x:-y"], "the closing brace is missing", (1, 4)),
    Wrong("${x:=y}", ["$x:=y"], "the closing brace is missing", (1, 4)),
    Wrong("${x:0:3}", ["$x:0:3"], "the closing brace is missing", (1, 4)),
    Wrong("${x%.*}", ["$x%.*"], "an expression is missing", (1, 5)),
    Wrong("${x##*/}", UNCLOSED, "a comment takes the rest of the text", (1, 4)),
    Wrong("${#x}", UNCLOSED, "a comment takes the rest of the text", (1, 3)),
    Wrong("${x//a/b}", UNCLOSED, "a comment takes the rest of the text", (1, 4)),
    Wrong("${x /* }", UNCLOSED, "a comment takes the rest of the text", (1, 5)),
    Wrong("${arr[@]}", ["$arr[@]"], "an expression is missing", (1, 7)),
    Wrong("${@}", ["$@"], "an expression is missing", (1, 3)),
    Wrong("${?}", ["$?"], "an expression is missing", (1, 3)),
    Wrong("${*}", ["$*"], "an expression is missing", (1, 3)),
    Wrong("${x^^}", ["$x^^"], "the closing brace is missing", (1, 4)),
    Wrong("${x,,}", ["$x,,"], "the closing brace is missing", (1, 4)),
    Wrong("${x@Q}", ["$x@Q"], "the closing brace is missing", (1, 4)),
    Wrong("${x?}", ["$x?"], "an expression is missing", (1, 5)),
    Wrong("${var.a:-x}", ["$var.a:-x"], "the closing brace is missing", (1, 8)),
    Wrong("${var.a var.n}", ["$var.a var.n"], "the closing brace is missing", (1, 9)),
    Wrong("${var.}", ["$var."], "a name must follow the dot", (1, 7)),
    Wrong('${upper("x"}', ['$upper("x"'], ") is missing", (1, 12)),
    Wrong("${[1, 2}", ["$[1, 2"], "] is missing", (1, 8)),
    Wrong("${{ a = 1 }", UNCLOSED, "${ is not closed", (1, 1)),
    Wrong("${{ a 1 }}", ["${ a 1 }"], "'=' must follow the key of an object", (1, 7)),
    Wrong("${{ a = 1 b = 2 }}", ["${ a = 1 b = 2 }"], "} is missing", (1, 11)),
    Wrong('${"x}', UNCLOSED, "a quoted string is not closed on its line", (1, 3)),
    Wrong('${"a\nb"}', UNCLOSED, "a quoted string is not closed on its line", (1, 3)),
    Wrong('${"\\d"}', ['$"\\d"'], "no such escape", (1, 4)),
    Wrong("${'x'}", ["$'x'"], "an expression is missing", (1, 3)),
    Wrong("${<<EOT\nx\nEOT}", UNCLOSED, "the here-document EOT is not closed on a line of its own", (1, 3)),
    Wrong("${<<EOT x EOT}", ["$<<EOT x EOT"], "an expression is missing", (1, 3)),
    Wrong("${1 +}", ["$1 +"], "an expression is missing", (1, 6)),
    Wrong("${var.b ? 1}", ["$var.b ? 1"], ": is missing", (1, 12)),
    Wrong("${upper(${var.a})}", ["$upper(${var.a})"], "an expression is missing", (1, 9)),
    Wrong("${[for x in var.l x]}", ["$[for x in var.l x]"], ": is missing", (1, 19)),
    Wrong("${[for x of var.l : x]}", ["$[for x of var.l : x]"], "'in' must follow the loop's variables", (1, 10)),
    Wrong("${{for x in var.l : x}}", ["${for x in var.l : x}"], "=> is missing", (1, 22)),
    Wrong("%{http_code}", ["%http_code"], "http_code is no directive", (1, 3)),
    Wrong("%{ x }", ["%x"], "x is no directive", (1, 4)),
    Wrong("%{}", ["%"], "a name is missing", (1, 3)),
    Wrong("%{ if var.b }x", ["%if var.b", "=x"], "%{ if } needs %{ endif }", (1, 4)),
    Wrong("%{ for x in var.l }x", ["%for x in var.l", "=x"], "%{ for } needs %{ endfor }", (1, 4)),
    Wrong("x%{ endif }", ["=x", "%endif"], "%{ endif } without its beginning", (1, 5)),
    Wrong("%{ if var.b }x%{ endfor }", ["%if var.b", "=x", "%endfor"], "%{ if } needs %{ endif }", (1, 4)),
    Wrong(
        "%{ if var.b }1%{ else }2%{ else }3%{ endif }",
        ["%if var.b", "=1", "%else", "=2", "%else", "=3", "%endif"],
        "%{ if } needs %{ endif }",
        (1, 4),
    ),
    Wrong("%{ if }x%{ endif }", ["%if", "=x", "%endif"], "an expression is missing", (1, 7)),
]

ROWS = [*LITERALS, *REFERENCES, *EXPRESSIONS, *STRINGS, *COMMENTS, *DIRECTIVES, *UNRESOLVABLE]
