# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_opsctl_global_optspecs
    string join \n config= set= patroni= log= c/cluster= color= accessible theme= h/help V/version
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

complete -c opsctl -n "__fish_opsctl_needs_command" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_needs_command" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_needs_command" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_needs_command" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_needs_command" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_needs_command" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_needs_command" -l theme -d 'Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration' -r
complete -c opsctl -n "__fish_opsctl_needs_command" -l accessible -d 'Lines for a screen reader instead of a screen: what changes is told, numbers answer'
complete -c opsctl -n "__fish_opsctl_needs_command" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_needs_command" -s V -l version -d 'Print version'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "status" -d 'How every cluster stands: findings first, then what each endpoint says'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "list" -d 'The members of each cluster: role, state, lag, what waits'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "topology" -d 'Who streams from whom: the primary at the root, replicas below'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "history" -d 'The timelines of each cluster: when it turned, where, who led after it'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "show-config" -d 'The dynamic configuration of each cluster, as its store holds it'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "replication" -d 'Who receives whose WAL, how far behind, and the slots that keep WAL'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "activity" -d 'Sessions that do or hold something: state, wait, age, who, statement'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "locks" -d 'Who holds up whom: the root of each blocking tree first'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "queries" -d 'The statements that took most time, by pg_stat_statements'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "poolers" -d 'Every pool of every PgBouncer: clients, servers, who waits, what is paused'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "balancers" -d 'Every backend of every HAProxy with its servers: who takes sessions, checks, queues'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "consensus" -d 'The members of the store that elects the leader: who leads, quorum, size, alarms'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "findings" -d 'What is wrong, worst first, since when, and what to do'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "explain" -d 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "foresee" -d 'If it dies now: for each member, store, pooler and zone who takes over, how soon, and what is lost'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "events" -d 'What happened and when, by the servers\' own clocks, newest first'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "doctor" -d 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "switchover" -d 'Move the primary to another member: clients wait at the poolers, and every step is proven'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "failover" -d 'Make a member the primary when there is none; what may be lost is said first'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "drill" -d 'Move the primary to another member and back again, and measure both ways; in a lab its leader may be killed in the end'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "restart" -d 'Restart PostgreSQL of one member; where it leads, clients wait at the poolers'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "pause" -d 'Take Patroni\'s hands off the cluster: it promotes, restarts and demotes nobody'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "resume" -d 'Give the cluster back to Patroni; a run is resumed by `opsctl run resume`'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "check" -d 'One check for a monitoring system: every rule, and the checks of check_patroni, by name'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "wait" -d 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "watch" -d 'Print what changes in the verdicts, until interrupted; --headless keeps the rings that a console looks back into, and tells those of [[notify]]'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "record" -d 'Record what is observed into a file, each second, until interrupted; `replay` shows it'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "replay" -d 'Show a recording in the console: < and > step, ( and ) go by a minute, p plays'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "privileges" -d 'The least grants that reading needs, per system'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "who" -d 'The client behind a process of PostgreSQL: back through pooler and balancer to its address'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "notify" -d 'Try the targets of [[notify]]: --test sends each a notice that says that it is a test'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "runbook" -d 'The runbooks: list them, show one, validate files, and the format they are written in'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "run" -d 'Run a runbook, and everything about runs on this host: list, show, result, attach, resume, roll back, cancel, locks'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "audit" -d 'Who asked for what on this host, and whether the record of it is whole (audit verify: 0 whole, 1 broken, 2 missing)'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "config" -d 'The configuration: check it, or explain where each value comes from'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "init" -d 'Write a first configuration from what is found'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "schema" -d 'The JSON Schema of what a command prints, or of the configuration; the names without one'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "screen" -d 'One frame of the console as text, with colours or as a picture: live, or from a recording'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "completions" -d 'Completions for a shell, to be installed or sourced'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "man" -d 'The manual page of opsctl or of one command, for `man -l -`'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "version" -d 'The version of this program and of its JSON'
complete -c opsctl -n "__fish_opsctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l log -d 'Log to this file' -r -F
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
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -l strict -d 'Exit 3 for warnings too'
complete -c opsctl -n "__fish_opsctl_using_subcommand status" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand list" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand topology" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand history" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand show-config" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand replication" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand activity" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand locks" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand queries" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand poolers" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand balancers" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand consensus" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l log -d 'Log to this file' -r -F
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
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -l strict -d 'Exit 3 for warnings too'
complete -c opsctl -n "__fish_opsctl_using_subcommand findings" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l log -d 'Log to this file' -r -F
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
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand explain" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand foresee" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand events" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l log -d 'Log to this file' -r -F
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
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l to -l candidate -d 'The member that leads afterwards' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l settled -d 'How long ago the last change of leader has to be; 60s unless said' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l break-glass -d 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l confirm -d 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l scheduled -d 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l write -d 'writing is allowed for this one command'
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l dry-run -d 'show the plan with the exact calls, and send nothing'
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l yes -d 'it is confirmed without a question; not enough at high risk'
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -l detach -d 'print the name of the run and do not watch it'
complete -c opsctl -n "__fish_opsctl_using_subcommand switchover" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l to -l candidate -d 'The member that leads afterwards' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l break-glass -d 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l confirm -d 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l scheduled -d 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l fenced-by-hand -d 'You have seen for yourself that the old primary cannot come back: powered off, or its volume taken away'
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l write -d 'writing is allowed for this one command'
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l dry-run -d 'show the plan with the exact calls, and send nothing'
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l yes -d 'it is confirmed without a question; not enough at high risk'
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -l detach -d 'print the name of the run and do not watch it'
complete -c opsctl -n "__fish_opsctl_using_subcommand failover" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l to -l candidate -d 'The member that leads in between' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l settled -d 'How long ago the last change of leader has to be; 60s unless said' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l break-glass -d 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l confirm -d 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l scheduled -d 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l kill -d 'In the end the leader is killed by `opsctl-drill-kill` of your PATH; only where the environment is dev'
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l write -d 'writing is allowed for this one command'
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l dry-run -d 'show the plan with the exact calls, and send nothing'
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l yes -d 'it is confirmed without a question; not enough at high risk'
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -l detach -d 'print the name of the run and do not watch it'
complete -c opsctl -n "__fish_opsctl_using_subcommand drill" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l member -d 'The member whose PostgreSQL is restarted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l break-glass -d 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l confirm -d 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l scheduled -d 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l write -d 'writing is allowed for this one command'
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l dry-run -d 'show the plan with the exact calls, and send nothing'
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l yes -d 'it is confirmed without a question; not enough at high risk'
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -l detach -d 'print the name of the run and do not watch it'
complete -c opsctl -n "__fish_opsctl_using_subcommand restart" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l break-glass -d 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l confirm -d 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l scheduled -d 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l write -d 'writing is allowed for this one command'
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l dry-run -d 'show the plan with the exact calls, and send nothing'
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l yes -d 'it is confirmed without a question; not enough at high risk'
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -l detach -d 'print the name of the run and do not watch it'
complete -c opsctl -n "__fish_opsctl_using_subcommand pause" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l break-glass -d 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l confirm -d 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l scheduled -d 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l write -d 'writing is allowed for this one command'
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l dry-run -d 'show the plan with the exact calls, and send nothing'
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l yes -d 'it is confirmed without a question; not enough at high risk'
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -l detach -d 'print the name of the run and do not watch it'
complete -c opsctl -n "__fish_opsctl_using_subcommand resume" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -s w -l warning -d 'Warn when the value is outside: 10, 10:, ~:10, 10:20, @10:20' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -s m -l member -d 'Only this member' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -l expected -d 'What to compare with: a hash, a version, a timeline' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -s C -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -s c -l critical -d 'Critical when the value is outside' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand check" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l for -d 'up (nothing critical, required facts known), healthy (no warning either), answers (every endpoint), quiet:RULE, raised:RULE' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l timeout -d 'Give up after this time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand wait" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -l ring-size -d 'Bytes of the ring of one cluster, in the place of `ring.size` of the configuration' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -s o -l output -d 'How to print' -r -f -a "lines\t''
jsonl\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -l headless -d 'Be the service: keep a ring of recordings of each cluster in the state directory, and tell the targets of [[notify]]'
complete -c opsctl -n "__fish_opsctl_using_subcommand watch" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -l for -d 'End after this time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -l keep -d 'Of all instants keep only so many in the end: the last one, and those before it where a verdict changed first' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand record" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand replay" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand replay" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replay" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand replay" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replay" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replay" -l at -d 'Begin there: 14:03, 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; at the beginning otherwise' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replay" -l theme -d 'Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand replay" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand replay" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand privileges" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand privileges" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -s m -l member -d 'The server it runs on, where several have a process of this number' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand who" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand notify" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand notify" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand notify" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand notify" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand notify" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand notify" -l test -d 'Send it; nothing else is sent by hand'
complete -c opsctl -n "__fish_opsctl_using_subcommand notify" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -s c -l cluster -d 'plan: the cluster it is for' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -s p -l param -d 'What it is told; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -l detailed-exitcode -d 'plan: exit 20 where it would change something'
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -l strict -d 'validate: warnings are exit 3'
complete -c opsctl -n "__fish_opsctl_using_subcommand runbook" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -s p -l param -d 'start: a parameter of the runbook; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l for -d 'write: how long writing to the cluster is allowed: 15m' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l confirm -d 'start: what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l scheduled -d 'start: the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l break-glass -d 'start, resume, rollback, abandon, unlock: etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l applied -d 'resume, rollback, abandon: a step in doubt was applied; --reason says how you know' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l absent -d 'resume, rollback, abandon: a step in doubt was not applied; --reason says how you know' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l evidence -d 'approve: what you saw' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l reason -d 'abandon, unlock, --applied, --absent: why; it is kept in the audit' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l stage -d 'cancel: how hard' -r -f -a "1\t''
2\t''
3\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l end -d 'write: it is not allowed any more'
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l dry-run -d 'start: show the plan with the exact calls, and send nothing'
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l yes -d 'start: it is confirmed without a question; not enough at high risk'
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l write -d 'start, resume, rollback, abandon of a run that holds something: writing is allowed for this one command'
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l detach -d 'start, resume, rollback, abandon: print the name of the run and do not watch it'
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l across -d 'rollback: also back across the point of no return; abandon: also away from what cannot be freed; unlock: also where nobody can tell what the run holds'
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -l refuse -d 'approve: the answer is no'
complete -c opsctl -n "__fish_opsctl_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c opsctl -n "__fish_opsctl_using_subcommand audit" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand audit" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand audit" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand audit" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand audit" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand audit" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand audit" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand audit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c opsctl -n "__fish_opsctl_using_subcommand config" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand config" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand config" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand config" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand config" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand config" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand config" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c opsctl -n "__fish_opsctl_using_subcommand init" -l patroni -d 'Ask this Patroni REST API for its cluster' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand init" -l etcd -d 'Write down every Patroni cluster in this etcd' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand init" -l prefix -d 'Patroni\'s namespace in etcd [default: /service/]' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand init" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand init" -l force -d 'Overwrite a file that says something else'
complete -c opsctl -n "__fish_opsctl_using_subcommand init" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand schema" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand schema" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l config -d 'Read this configuration and no other file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l set -d 'Set one key of the configuration, last of all layers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l patroni -d 'Use this Patroni REST API; no configuration is needed' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l log -d 'Log to this file' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -s c -l cluster -d 'Only this cluster; may be repeated' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l deadline -d 'Wait no longer than this for answers' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l watch -d 'Print again at this interval, until interrupted' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l size -d 'The size of the window' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -s o -l output -d 'Letters alone, letters with the colours this terminal can show, or a picture' -r -f -a "text\t''
ansi\t''
svg\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l theme -d 'Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l glyphs -d 'Characters for states and lines; by the locale otherwise' -r -f -a "unicode\t''
ascii\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l keys -d 'Press these keys there: 3jj<enter>?; <lt> is the key <' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l replay -d 'The frame as it was shown when this was recorded; nothing is asked' -r -F
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l at -d 'The instant: 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; the last one otherwise' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand screen" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand completions" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand completions" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand man" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand man" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand version" -s o -l output -d 'How to print' -r -f -a "table\t''
wide\t''
json\t''
jsonl\t''
yaml\t''
csv\t''
name\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand version" -l columns -d 'Only these columns of the first table, in this order' -r
complete -c opsctl -n "__fish_opsctl_using_subcommand version" -l color -d 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set' -r -f -a "auto\t''
always\t''
never\t''"
complete -c opsctl -n "__fish_opsctl_using_subcommand version" -s h -l help -d 'Print help'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "status" -d 'How every cluster stands: findings first, then what each endpoint says'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "list" -d 'The members of each cluster: role, state, lag, what waits'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "topology" -d 'Who streams from whom: the primary at the root, replicas below'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "history" -d 'The timelines of each cluster: when it turned, where, who led after it'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "show-config" -d 'The dynamic configuration of each cluster, as its store holds it'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "replication" -d 'Who receives whose WAL, how far behind, and the slots that keep WAL'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "activity" -d 'Sessions that do or hold something: state, wait, age, who, statement'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "locks" -d 'Who holds up whom: the root of each blocking tree first'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "queries" -d 'The statements that took most time, by pg_stat_statements'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "poolers" -d 'Every pool of every PgBouncer: clients, servers, who waits, what is paused'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "balancers" -d 'Every backend of every HAProxy with its servers: who takes sessions, checks, queues'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "consensus" -d 'The members of the store that elects the leader: who leads, quorum, size, alarms'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "findings" -d 'What is wrong, worst first, since when, and what to do'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "explain" -d 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "foresee" -d 'If it dies now: for each member, store, pooler and zone who takes over, how soon, and what is lost'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "events" -d 'What happened and when, by the servers\' own clocks, newest first'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "doctor" -d 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "switchover" -d 'Move the primary to another member: clients wait at the poolers, and every step is proven'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "failover" -d 'Make a member the primary when there is none; what may be lost is said first'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "drill" -d 'Move the primary to another member and back again, and measure both ways; in a lab its leader may be killed in the end'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "restart" -d 'Restart PostgreSQL of one member; where it leads, clients wait at the poolers'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "pause" -d 'Take Patroni\'s hands off the cluster: it promotes, restarts and demotes nobody'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "resume" -d 'Give the cluster back to Patroni; a run is resumed by `opsctl run resume`'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "check" -d 'One check for a monitoring system: every rule, and the checks of check_patroni, by name'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "wait" -d 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "watch" -d 'Print what changes in the verdicts, until interrupted; --headless keeps the rings that a console looks back into, and tells those of [[notify]]'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "record" -d 'Record what is observed into a file, each second, until interrupted; `replay` shows it'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "replay" -d 'Show a recording in the console: < and > step, ( and ) go by a minute, p plays'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "privileges" -d 'The least grants that reading needs, per system'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "who" -d 'The client behind a process of PostgreSQL: back through pooler and balancer to its address'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "notify" -d 'Try the targets of [[notify]]: --test sends each a notice that says that it is a test'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "runbook" -d 'The runbooks: list them, show one, validate files, and the format they are written in'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "run" -d 'Run a runbook, and everything about runs on this host: list, show, result, attach, resume, roll back, cancel, locks'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "audit" -d 'Who asked for what on this host, and whether the record of it is whole (audit verify: 0 whole, 1 broken, 2 missing)'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "config" -d 'The configuration: check it, or explain where each value comes from'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "init" -d 'Write a first configuration from what is found'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "schema" -d 'The JSON Schema of what a command prints, or of the configuration; the names without one'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "screen" -d 'One frame of the console as text, with colours or as a picture: live, or from a recording'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "completions" -d 'Completions for a shell, to be installed or sourced'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "man" -d 'The manual page of opsctl or of one command, for `man -l -`'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "version" -d 'The version of this program and of its JSON'
complete -c opsctl -n "__fish_opsctl_using_subcommand help; and not __fish_seen_subcommand_from status list topology history show-config replication activity locks queries poolers balancers consensus findings explain foresee events doctor switchover failover drill restart pause resume check wait watch record replay privileges who notify runbook run audit config init schema screen completions man version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
