import { type Script, sh } from '../../lib/index.ts';
import { AUTH, CONFIG, PID_FILE, VRRP_PID_FILE } from './paths.ts';

/**
 * Checks a configuration, strictly. Up to 2.2.7 Keepalived takes itself for an orphan when it looks at a script of
 * another user in this mode, and sends itself SIGTERM: so that signal is ignored.
 */
export function configTest(keepalived: string, path: string | Script): Script {
  return sh`( trap '' TERM; exec ${keepalived} --config-test -f ${path} )`;
}

/** keepalived.service, in place of a distribution's own. */
export function keepalivedUnit(keepalived: string): string {
  const check = `/bin/sh -c "${configTest(keepalived, CONFIG).toString()}"`;
  return `# Written by ts-play (role keepalived-build): changes made here are lost.
[Unit]
Description=Keepalived
Documentation=https://www.keepalived.org/manpage.html
After=network-online.target haproxy.service
Wants=network-online.target
# A package that is installed starts it at once, before it is configured.
ConditionPathExists=${CONFIG}
ConditionPathExists=${AUTH}
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStartPre=${check}
ExecStart=${keepalived} --dont-fork --vrrp --log-detail --pid=${PID_FILE} --vrrp_pid=${VRRP_PID_FILE} -f ${CONFIG}
ExecReload=${check}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
}
