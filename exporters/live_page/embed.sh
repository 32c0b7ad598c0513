#!/bin/sh
# Makes the source file of live_page.h from the page's parts: one document without any other file,
# and the Content-Security-Policy that lets exactly its script and its style run.
#
#   embed.sh OUT PAGE.html --style CSS... --script [LICENSE | JS]...
#
# Scripts are put one behind the other, in a function of their own: their import lines go, and the
# word export. A licence becomes a comment.
set -eu
out=$1
page=$2
shift 2
style=$out.style
script=$out.script
into=
: >"$style"
printf '(() => {\n"use strict";\n' >"$script"
for part in "$@"; do
  case $part in
    --style) into=$style ;;
    --script) into=$script ;;
    *.js) sed -e '/^import /d' -e 's/^export //' "$part" >>"$into" ;;
    *LICENSE) printf '/*!\n%s\n*/\n' "$(cat "$part")" >>"$into" ;;
    *) cat "$part" >>"$into" ;;
  esac
done
printf '})();\n' >>"$script"

# What would end the tag, or the text of the source file.
if grep -q -e '</style' -e '</script' -e ')page"' "$style" "$script"; then
  echo "embed.sh: a part of the page holds </style, </script or )page\"" >&2
  exit 1
fi

hash_of() {
  sha256sum "$1" | cut -c1-64 | tr a-f A-F | basenc --base16 -d | base64
}
policy="default-src 'none'; script-src 'sha256-$(hash_of "$script")'; style-src 'sha256-$(hash_of "$style")'"
policy="$policy; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

{
  printf '#include "exporters/live_page/live_page.h"\n\nnamespace streamhouse::exporters {\n\n'
  printf 'std::string_view LivePage() {\n  return R"page('
  while IFS= read -r line; do
    case $line in
      @style@) printf '<style>' && cat "$style" && printf '</style>\n' ;;
      @script@) printf '<script>' && cat "$script" && printf '</script>\n' ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$page"
  printf ')page";\n}\n\nstd::string_view LivePagePolicy() {\n  return "%s";\n}\n\n' "$policy"
  printf '}  // namespace streamhouse::exporters\n'
} >"$out"
rm "$style" "$script"
