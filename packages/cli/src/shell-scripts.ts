/** What can follow a command (its path, such as `parked list`; '' is the program), and an option of it. */
export type Completions = Readonly<
  Record<string, { readonly words: readonly string[]; readonly values: Readonly<Record<string, readonly string[]>> }>
>;

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A shell's completion script for the command `mandate`. Words are of letters, digits and `-_.`; nothing needs quoting. */
export function scriptOf(shell: string, completions: Completions): string {
  if (shell === 'zsh') return zsh(completions);
  if (shell === 'fish') return fish(completions);
  return bash(completions);
}

const paths = (completions: Completions): string[] => Object.keys(completions).filter((path) => path !== '');
const quoted = (words: readonly string[]): string => `'${words.join(' ')}'`;

/** Cases `path` and `path --option` with what they offer. */
function cases(completions: Completions): string[] {
  return Object.entries(completions).flatMap(([path, { words, values }]) => [
    ...Object.entries(values).map(
      ([option, choices]) => `    ${quoted([`${path} ${option}`.trim()])}) offered=${quoted(choices)} ;;`,
    ),
    `    ${quoted([path])}) : "\${offered:=${words.join(' ')}}" ;;`,
  ]);
}

function bash(completions: Completions): string {
  return `# Completion of \`mandate\` for bash: source <(mandate completion bash)
_mandate() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at='' offered='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in
      ${paths(completions)
        .map((p) => quoted([p]))
        .join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  for word in "\${at:+$at }$previous" "$at"; do
    [ -n "$offered" ] || case "$word" in
${cases(completions)
  .map((line) => `  ${line}`)
  .join('\n')}
    esac
  done
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -F _mandate mandate`;
}

function zsh(completions: Completions): string {
  return `#compdef mandate
# Completion of \`mandate\` for zsh: source <(mandate completion zsh)
_mandate() {
  local previous=\${words[CURRENT-1]} at='' offered='' word
  for word in \${words[2,CURRENT-1]}; do
    case "\${at:+$at }$word" in
      ${paths(completions)
        .map((p) => quoted([p]))
        .join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  for word in "\${at:+$at }$previous" "$at"; do
    [ -n "$offered" ] || case "$word" in
${cases(completions)
  .map((line) => `  ${line}`)
  .join('\n')}
    esac
  done
  compadd -- \${=offered}
}
(( $+functions[compdef] )) && compdef _mandate mandate`;
}

function fish(completions: Completions): string {
  const known = paths(completions)
    .map((p) => quoted([p]))
    .join(' ');
  const lines = Object.entries(completions).flatMap(([path, { words, values }]) => [
    `complete -c mandate -f -n "__mandate_at '${path}'" -a ${quoted(words)}`,
    ...Object.entries(values).map(
      ([option, choices]) =>
        `complete -c mandate -f -n "__mandate_at '${path}'" -l ${option.slice(2)} -xa ${quoted(choices)}`,
    ),
  ]);
  return `# Completion of \`mandate\` for fish: mandate completion fish | source
function __mandate_at
  set -l path ''
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim "$path $word")
    if contains -- $longer ${known}
      set path $longer
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}`;
}
