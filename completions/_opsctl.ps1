
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'opsctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'opsctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'opsctl' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--theme', '--theme', [CompletionResultType]::ParameterName, 'Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration')
            [CompletionResult]::new('--accessible', '--accessible', [CompletionResultType]::ParameterName, 'Lines for a screen reader instead of a screen: what changes is told, numbers answer')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'How every cluster stands: findings first, then what each endpoint says')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'The members of each cluster: role, state, lag, what waits')
            [CompletionResult]::new('topology', 'topology', [CompletionResultType]::ParameterValue, 'Who streams from whom: the primary at the root, replicas below')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'The timelines of each cluster: when it turned, where, who led after it')
            [CompletionResult]::new('show-config', 'show-config', [CompletionResultType]::ParameterValue, 'The dynamic configuration of each cluster, as its store holds it')
            [CompletionResult]::new('replication', 'replication', [CompletionResultType]::ParameterValue, 'Who receives whose WAL, how far behind, and the slots that keep WAL')
            [CompletionResult]::new('activity', 'activity', [CompletionResultType]::ParameterValue, 'Sessions that do or hold something: state, wait, age, who, statement')
            [CompletionResult]::new('locks', 'locks', [CompletionResultType]::ParameterValue, 'Who holds up whom: the root of each blocking tree first')
            [CompletionResult]::new('queries', 'queries', [CompletionResultType]::ParameterValue, 'The statements that took most time, by pg_stat_statements')
            [CompletionResult]::new('poolers', 'poolers', [CompletionResultType]::ParameterValue, 'Every pool of every PgBouncer: clients, servers, who waits, what is paused')
            [CompletionResult]::new('balancers', 'balancers', [CompletionResultType]::ParameterValue, 'Every backend of every HAProxy with its servers: who takes sessions, checks, queues')
            [CompletionResult]::new('consensus', 'consensus', [CompletionResultType]::ParameterValue, 'The members of the store that elects the leader: who leads, quorum, size, alarms')
            [CompletionResult]::new('findings', 'findings', [CompletionResultType]::ParameterValue, 'What is wrong, worst first, since when, and what to do')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one')
            [CompletionResult]::new('foresee', 'foresee', [CompletionResultType]::ParameterValue, 'If it dies now: for each member, store, pooler and zone who takes over, how soon, and what is lost')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'What happened and when, by the servers'' own clocks, newest first')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try')
            [CompletionResult]::new('switchover', 'switchover', [CompletionResultType]::ParameterValue, 'Move the primary to another member: clients wait at the poolers, and every step is proven')
            [CompletionResult]::new('failover', 'failover', [CompletionResultType]::ParameterValue, 'Make a member the primary when there is none; what may be lost is said first')
            [CompletionResult]::new('drill', 'drill', [CompletionResultType]::ParameterValue, 'Move the primary to another member and back again, and measure both ways; in a lab its leader may be killed in the end')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'Restart PostgreSQL of one member; where it leads, clients wait at the poolers')
            [CompletionResult]::new('pause', 'pause', [CompletionResultType]::ParameterValue, 'Take Patroni''s hands off the cluster: it promotes, restarts and demotes nobody')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Give the cluster back to Patroni; a run is resumed by `opsctl run resume`')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'One check for a monitoring system: every rule, and the checks of check_patroni, by name')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Print what changes in the verdicts, until interrupted; --headless keeps the rings that a console looks back into, and tells those of [[notify]]')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Record what is observed into a file, each second, until interrupted; `replay` shows it')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Show a recording in the console: < and > step, ( and ) go by a minute, p plays')
            [CompletionResult]::new('privileges', 'privileges', [CompletionResultType]::ParameterValue, 'The least grants that reading needs, per system')
            [CompletionResult]::new('who', 'who', [CompletionResultType]::ParameterValue, 'The client behind a process of PostgreSQL: back through pooler and balancer to its address')
            [CompletionResult]::new('notify', 'notify', [CompletionResultType]::ParameterValue, 'Try the targets of [[notify]]: --test sends each a notice that says that it is a test')
            [CompletionResult]::new('runbook', 'runbook', [CompletionResultType]::ParameterValue, 'The runbooks: list them, show one, validate files, and the format they are written in')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a runbook, and everything about runs on this host: list, show, result, attach, resume, roll back, cancel, locks')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Who asked for what on this host, and whether the record of it is whole (audit verify: 0 whole, 1 broken, 2 missing)')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'The configuration: check it, or explain where each value comes from')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a first configuration from what is found')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'The JSON Schema of what a command prints, or of the configuration; the names without one')
            [CompletionResult]::new('screen', 'screen', [CompletionResultType]::ParameterValue, 'One frame of the console as text, with colours or as a picture: live, or from a recording')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Completions for a shell, to be installed or sourced')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'The manual page of opsctl or of one command, for `man -l -`')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'The version of this program and of its JSON')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'opsctl;status' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Exit 3 for warnings too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;list' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;topology' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;history' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;show-config' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;replication' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;activity' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;locks' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;queries' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;poolers' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;balancers' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;consensus' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;findings' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Exit 3 for warnings too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;explain' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;foresee' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;events' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;doctor' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;switchover' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The member that leads afterwards')
            [CompletionResult]::new('--candidate', '--candidate', [CompletionResultType]::ParameterName, 'The member that leads afterwards')
            [CompletionResult]::new('--settled', '--settled', [CompletionResultType]::ParameterName, 'How long ago the last change of leader has to be; 60s unless said')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--break-glass', '--break-glass', [CompletionResultType]::ParameterName, 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER')
            [CompletionResult]::new('--scheduled', '--scheduled', [CompletionResultType]::ParameterName, 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'writing is allowed for this one command')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'show the plan with the exact calls, and send nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'it is confirmed without a question; not enough at high risk')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'print the name of the run and do not watch it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;failover' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The member that leads afterwards')
            [CompletionResult]::new('--candidate', '--candidate', [CompletionResultType]::ParameterName, 'The member that leads afterwards')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--break-glass', '--break-glass', [CompletionResultType]::ParameterName, 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER')
            [CompletionResult]::new('--scheduled', '--scheduled', [CompletionResultType]::ParameterName, 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--fenced-by-hand', '--fenced-by-hand', [CompletionResultType]::ParameterName, 'You have seen for yourself that the old primary cannot come back: powered off, or its volume taken away')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'writing is allowed for this one command')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'show the plan with the exact calls, and send nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'it is confirmed without a question; not enough at high risk')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'print the name of the run and do not watch it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;drill' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The member that leads in between')
            [CompletionResult]::new('--candidate', '--candidate', [CompletionResultType]::ParameterName, 'The member that leads in between')
            [CompletionResult]::new('--settled', '--settled', [CompletionResultType]::ParameterName, 'How long ago the last change of leader has to be; 60s unless said')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--break-glass', '--break-glass', [CompletionResultType]::ParameterName, 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER')
            [CompletionResult]::new('--scheduled', '--scheduled', [CompletionResultType]::ParameterName, 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--kill', '--kill', [CompletionResultType]::ParameterName, 'In the end the leader is killed by `opsctl-drill-kill` of your PATH; only where the environment is dev')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'writing is allowed for this one command')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'show the plan with the exact calls, and send nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'it is confirmed without a question; not enough at high risk')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'print the name of the run and do not watch it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;restart' {
            [CompletionResult]::new('--member', '--member', [CompletionResultType]::ParameterName, 'The member whose PostgreSQL is restarted')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--break-glass', '--break-glass', [CompletionResultType]::ParameterName, 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER')
            [CompletionResult]::new('--scheduled', '--scheduled', [CompletionResultType]::ParameterName, 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'writing is allowed for this one command')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'show the plan with the exact calls, and send nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'it is confirmed without a question; not enough at high risk')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'print the name of the run and do not watch it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;pause' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--break-glass', '--break-glass', [CompletionResultType]::ParameterName, 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER')
            [CompletionResult]::new('--scheduled', '--scheduled', [CompletionResultType]::ParameterName, 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'writing is allowed for this one command')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'show the plan with the exact calls, and send nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'it is confirmed without a question; not enough at high risk')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'print the name of the run and do not watch it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;resume' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--break-glass', '--break-glass', [CompletionResultType]::ParameterName, 'etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER')
            [CompletionResult]::new('--scheduled', '--scheduled', [CompletionResultType]::ParameterName, 'the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'writing is allowed for this one command')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'show the plan with the exact calls, and send nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'it is confirmed without a question; not enough at high risk')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'print the name of the run and do not watch it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;check' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Warn when the value is outside: 10, 10:, ~:10, 10:20, @10:20')
            [CompletionResult]::new('--warning', '--warning', [CompletionResultType]::ParameterName, 'Warn when the value is outside: 10, 10:, ~:10, 10:20, @10:20')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Only this member')
            [CompletionResult]::new('--member', '--member', [CompletionResultType]::ParameterName, 'Only this member')
            [CompletionResult]::new('--expected', '--expected', [CompletionResultType]::ParameterName, 'What to compare with: a hash, a version, a timeline')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Critical when the value is outside')
            [CompletionResult]::new('--critical', '--critical', [CompletionResultType]::ParameterName, 'Critical when the value is outside')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;wait' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'up (nothing critical, required facts known), healthy (no warning either), answers (every endpoint), quiet:RULE, raised:RULE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this time')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;watch' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--ring-size', '--ring-size', [CompletionResultType]::ParameterName, 'Bytes of the ring of one cluster, in the place of `ring.size` of the configuration')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--headless', '--headless', [CompletionResultType]::ParameterName, 'Be the service: keep a ring of recordings of each cluster in the state directory, and tell the targets of [[notify]]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;record' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'End after this time')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Of all instants keep only so many in the end: the last one, and those before it where a verdict changed first')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;replay' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Begin there: 14:03, 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; at the beginning otherwise')
            [CompletionResult]::new('--theme', '--theme', [CompletionResultType]::ParameterName, 'Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;privileges' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;who' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The server it runs on, where several have a process of this number')
            [CompletionResult]::new('--member', '--member', [CompletionResultType]::ParameterName, 'The server it runs on, where several have a process of this number')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;notify' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--test', '--test', [CompletionResultType]::ParameterName, 'Send it; nothing else is sent by hand')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;runbook' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'plan: the cluster it is for')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'plan: the cluster it is for')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'What it is told; may be repeated')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'What it is told; may be repeated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--detailed-exitcode', '--detailed-exitcode', [CompletionResultType]::ParameterName, 'plan: exit 20 where it would change something')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'validate: warnings are exit 3')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'opsctl;run' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'start: a parameter of the runbook; may be repeated')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'start: a parameter of the runbook; may be repeated')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'write: how long writing to the cluster is allowed: 15m')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'start: what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER')
            [CompletionResult]::new('--scheduled', '--scheduled', [CompletionResultType]::ParameterName, 'start: the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time')
            [CompletionResult]::new('--break-glass', '--break-glass', [CompletionResultType]::ParameterName, 'start, resume, rollback, abandon, unlock: etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit')
            [CompletionResult]::new('--applied', '--applied', [CompletionResultType]::ParameterName, 'resume, rollback, abandon: a step in doubt was applied; --reason says how you know')
            [CompletionResult]::new('--absent', '--absent', [CompletionResultType]::ParameterName, 'resume, rollback, abandon: a step in doubt was not applied; --reason says how you know')
            [CompletionResult]::new('--evidence', '--evidence', [CompletionResultType]::ParameterName, 'approve: what you saw')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'abandon, unlock, --applied, --absent: why; it is kept in the audit')
            [CompletionResult]::new('--stage', '--stage', [CompletionResultType]::ParameterName, 'cancel: how hard')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--end', '--end', [CompletionResultType]::ParameterName, 'write: it is not allowed any more')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'start: show the plan with the exact calls, and send nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'start: it is confirmed without a question; not enough at high risk')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'start, resume, rollback, abandon of a run that holds something: writing is allowed for this one command')
            [CompletionResult]::new('--detach', '--detach', [CompletionResultType]::ParameterName, 'start, resume, rollback, abandon: print the name of the run and do not watch it')
            [CompletionResult]::new('--across', '--across', [CompletionResultType]::ParameterName, 'rollback: also back across the point of no return; abandon: also away from what cannot be freed; unlock: also where nobody can tell what the run holds')
            [CompletionResult]::new('--refuse', '--refuse', [CompletionResultType]::ParameterName, 'approve: the answer is no')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'opsctl;audit' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'opsctl;config' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'opsctl;init' {
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Ask this Patroni REST API for its cluster')
            [CompletionResult]::new('--etcd', '--etcd', [CompletionResultType]::ParameterName, 'Write down every Patroni cluster in this etcd')
            [CompletionResult]::new('--prefix', '--prefix', [CompletionResultType]::ParameterName, 'Patroni''s namespace in etcd [default: /service/]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite a file that says something else')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;schema' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;screen' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration and no other file')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set one key of the configuration, last of all layers')
            [CompletionResult]::new('--patroni', '--patroni', [CompletionResultType]::ParameterName, 'Use this Patroni REST API; no configuration is needed')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log to this file')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Only this cluster; may be repeated')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'Wait no longer than this for answers')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Print again at this interval, until interrupted')
            [CompletionResult]::new('--size', '--size', [CompletionResultType]::ParameterName, 'The size of the window')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Letters alone, letters with the colours this terminal can show, or a picture')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Letters alone, letters with the colours this terminal can show, or a picture')
            [CompletionResult]::new('--theme', '--theme', [CompletionResultType]::ParameterName, 'Colours: auto, midnight, paper, sky, contrast, mono, or a file NAME.toml in `themes` beside the configuration')
            [CompletionResult]::new('--glyphs', '--glyphs', [CompletionResultType]::ParameterName, 'Characters for states and lines; by the locale otherwise')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Press these keys there: 3jj<enter>?; <lt> is the key <')
            [CompletionResult]::new('--replay', '--replay', [CompletionResultType]::ParameterName, 'The frame as it was shown when this was recorded; nothing is asked')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'The instant: 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; the last one otherwise')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;man' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;version' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Only these columns of the first table, in this order')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'opsctl;help' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'How every cluster stands: findings first, then what each endpoint says')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'The members of each cluster: role, state, lag, what waits')
            [CompletionResult]::new('topology', 'topology', [CompletionResultType]::ParameterValue, 'Who streams from whom: the primary at the root, replicas below')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'The timelines of each cluster: when it turned, where, who led after it')
            [CompletionResult]::new('show-config', 'show-config', [CompletionResultType]::ParameterValue, 'The dynamic configuration of each cluster, as its store holds it')
            [CompletionResult]::new('replication', 'replication', [CompletionResultType]::ParameterValue, 'Who receives whose WAL, how far behind, and the slots that keep WAL')
            [CompletionResult]::new('activity', 'activity', [CompletionResultType]::ParameterValue, 'Sessions that do or hold something: state, wait, age, who, statement')
            [CompletionResult]::new('locks', 'locks', [CompletionResultType]::ParameterValue, 'Who holds up whom: the root of each blocking tree first')
            [CompletionResult]::new('queries', 'queries', [CompletionResultType]::ParameterValue, 'The statements that took most time, by pg_stat_statements')
            [CompletionResult]::new('poolers', 'poolers', [CompletionResultType]::ParameterValue, 'Every pool of every PgBouncer: clients, servers, who waits, what is paused')
            [CompletionResult]::new('balancers', 'balancers', [CompletionResultType]::ParameterValue, 'Every backend of every HAProxy with its servers: who takes sessions, checks, queues')
            [CompletionResult]::new('consensus', 'consensus', [CompletionResultType]::ParameterValue, 'The members of the store that elects the leader: who leads, quorum, size, alarms')
            [CompletionResult]::new('findings', 'findings', [CompletionResultType]::ParameterValue, 'What is wrong, worst first, since when, and what to do')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'What a rule watches for, its evidence now, its thresholds, its cure; all rules without one')
            [CompletionResult]::new('foresee', 'foresee', [CompletionResultType]::ParameterValue, 'If it dies now: for each member, store, pooler and zone who takes over, how soon, and what is lost')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'What happened and when, by the servers'' own clocks, newest first')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try')
            [CompletionResult]::new('switchover', 'switchover', [CompletionResultType]::ParameterValue, 'Move the primary to another member: clients wait at the poolers, and every step is proven')
            [CompletionResult]::new('failover', 'failover', [CompletionResultType]::ParameterValue, 'Make a member the primary when there is none; what may be lost is said first')
            [CompletionResult]::new('drill', 'drill', [CompletionResultType]::ParameterValue, 'Move the primary to another member and back again, and measure both ways; in a lab its leader may be killed in the end')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'Restart PostgreSQL of one member; where it leads, clients wait at the poolers')
            [CompletionResult]::new('pause', 'pause', [CompletionResultType]::ParameterValue, 'Take Patroni''s hands off the cluster: it promotes, restarts and demotes nobody')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Give the cluster back to Patroni; a run is resumed by `opsctl run resume`')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'One check for a monitoring system: every rule, and the checks of check_patroni, by name')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Print what changes in the verdicts, until interrupted; --headless keeps the rings that a console looks back into, and tells those of [[notify]]')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Record what is observed into a file, each second, until interrupted; `replay` shows it')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Show a recording in the console: < and > step, ( and ) go by a minute, p plays')
            [CompletionResult]::new('privileges', 'privileges', [CompletionResultType]::ParameterValue, 'The least grants that reading needs, per system')
            [CompletionResult]::new('who', 'who', [CompletionResultType]::ParameterValue, 'The client behind a process of PostgreSQL: back through pooler and balancer to its address')
            [CompletionResult]::new('notify', 'notify', [CompletionResultType]::ParameterValue, 'Try the targets of [[notify]]: --test sends each a notice that says that it is a test')
            [CompletionResult]::new('runbook', 'runbook', [CompletionResultType]::ParameterValue, 'The runbooks: list them, show one, validate files, and the format they are written in')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a runbook, and everything about runs on this host: list, show, result, attach, resume, roll back, cancel, locks')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Who asked for what on this host, and whether the record of it is whole (audit verify: 0 whole, 1 broken, 2 missing)')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'The configuration: check it, or explain where each value comes from')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a first configuration from what is found')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'The JSON Schema of what a command prints, or of the configuration; the names without one')
            [CompletionResult]::new('screen', 'screen', [CompletionResultType]::ParameterValue, 'One frame of the console as text, with colours or as a picture: live, or from a recording')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Completions for a shell, to be installed or sourced')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'The manual page of opsctl or of one command, for `man -l -`')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'The version of this program and of its JSON')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'opsctl;help;status' {
            break
        }
        'opsctl;help;list' {
            break
        }
        'opsctl;help;topology' {
            break
        }
        'opsctl;help;history' {
            break
        }
        'opsctl;help;show-config' {
            break
        }
        'opsctl;help;replication' {
            break
        }
        'opsctl;help;activity' {
            break
        }
        'opsctl;help;locks' {
            break
        }
        'opsctl;help;queries' {
            break
        }
        'opsctl;help;poolers' {
            break
        }
        'opsctl;help;balancers' {
            break
        }
        'opsctl;help;consensus' {
            break
        }
        'opsctl;help;findings' {
            break
        }
        'opsctl;help;explain' {
            break
        }
        'opsctl;help;foresee' {
            break
        }
        'opsctl;help;events' {
            break
        }
        'opsctl;help;doctor' {
            break
        }
        'opsctl;help;switchover' {
            break
        }
        'opsctl;help;failover' {
            break
        }
        'opsctl;help;drill' {
            break
        }
        'opsctl;help;restart' {
            break
        }
        'opsctl;help;pause' {
            break
        }
        'opsctl;help;resume' {
            break
        }
        'opsctl;help;check' {
            break
        }
        'opsctl;help;wait' {
            break
        }
        'opsctl;help;watch' {
            break
        }
        'opsctl;help;record' {
            break
        }
        'opsctl;help;replay' {
            break
        }
        'opsctl;help;privileges' {
            break
        }
        'opsctl;help;who' {
            break
        }
        'opsctl;help;notify' {
            break
        }
        'opsctl;help;runbook' {
            break
        }
        'opsctl;help;run' {
            break
        }
        'opsctl;help;audit' {
            break
        }
        'opsctl;help;config' {
            break
        }
        'opsctl;help;init' {
            break
        }
        'opsctl;help;schema' {
            break
        }
        'opsctl;help;screen' {
            break
        }
        'opsctl;help;completions' {
            break
        }
        'opsctl;help;man' {
            break
        }
        'opsctl;help;version' {
            break
        }
        'opsctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
