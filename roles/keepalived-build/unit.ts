import { type Script, sh } from '../../lib/index.ts';
import { CONFIG, PID_FILE, program, VRRP_PID_FILE } from './paths.ts';

/**
 * Checks a configuration, strictly. Up to 2.2.7 Keepalived takes itself for an orphan when it looks at a script of
 * another user in this mode, and sends itself SIGTERM: so that signal is ignored.
 */
export function configTest(root: string, path: string | Script): Script {
  return sh`( trap '' TERM; exec ${program(root)} --config-test -f ${path} )`;
}

/** keepalived.service. */
export function keepalivedUnit(root: string): string {
  const keepalived = program(root);
  const check = `/bin/sh -c "${configTest(root, CONFIG).toString()}"`;
  return `# Written by ts-play (role keepalived-build): changes made here are lost.
[Unit]
Description=Keepalived
Documentation=https://www.keepalived.org/manpage.html
After=network-online.target haproxy.service
Wants=network-online.target
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
