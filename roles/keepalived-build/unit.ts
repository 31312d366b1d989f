import { CONFIG, PID_FILE, program, VRRP_PID_FILE } from './paths.ts';

/** keepalived.service. */
export function keepalivedUnit(root: string): string {
  const keepalived = program(root);
  return `# Written by ts-play (role keepalived-build): changes made here are lost.
[Unit]
Description=Keepalived
Documentation=https://www.keepalived.org/manpage.html
After=network-online.target haproxy.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStartPre=${keepalived} --config-test -f ${CONFIG}
ExecStart=${keepalived} --dont-fork --vrrp --log-detail --pid=${PID_FILE} --vrrp_pid=${VRRP_PID_FILE} -f ${CONFIG}
ExecReload=${keepalived} --config-test -f ${CONFIG}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
}
