# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_opsctl_global_optspecs
    string join \n h/help V/version
end

function __fish_opsctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_opsctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_opsctl_using_subcommand
    set -l cmd (__fish_opsctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c opsctl -n "__fish_opsctl_needs_command" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_needs_command" -s V -l version -d 'Print version'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "status" -d 'How every cluster stands: findings first, then what each endpoint says'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "findings" -d 'What is wrong, worst first, since when, and what to do'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "explain" -d 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "doctor" -d 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "wait" -d 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "privileges" -d 'The least grants that reading needs, per system'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "schema" -d 'The JSON Schema of what a command prints; the names without one'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "completions" -d 'Completions for a shell, to be installed or sourced'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "man" -d 'The manual page of opsctl or of one command, for `man -l -`'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "version" -d 'The version of this program and of its JSON'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l strict -d 'Exit 3 for warnings too'
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l for -d 'up (nothing critical, required facts known), healthy (no warning either), answers (every endpoint), quiet:RULE, raised:RULE' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l timeout -d 'Give up after this time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand privileges" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand schema" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand completions" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand man" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand version" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand version" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand version" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand version" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "status" -d 'How every cluster stands: findings first, then what each endpoint says'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "findings" -d 'What is wrong, worst first, since when, and what to do'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "explain" -d 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "doctor" -d 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "wait" -d 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "privileges" -d 'The least grants that reading needs, per system'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "schema" -d 'The JSON Schema of what a command prints; the names without one'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "completions" -d 'Completions for a shell, to be installed or sourced'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "man" -d 'The manual page of opsctl or of one command, for `man -l -`'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "version" -d 'The version of this program and of its JSON'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status findings explain doctor wait privileges schema completions man version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
