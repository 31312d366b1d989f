import { CONFIG, PID_FILE, program, USERS } from './paths.ts';

/** haproxy.service. Names no version: a newer one is taken up by a reload. */
export function haproxyUnit(root: string): string {
  const haproxy = program(root);
  const check = `${haproxy} -c -q -f ${CONFIG} -f ${USERS}`;
  return `# Written by ts-play (role haproxy-build): changes made here are lost.
[Unit]
Description=HAProxy
Documentation=https://docs.haproxy.org/
After=network-online.target
Wants=network-online.target
# Tried again for as long as it takes: its health check keeps clients away meanwhile.
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStartPre=${check}
ExecStart=${haproxy} -Ws -f ${CONFIG} -f ${USERS} -p ${PID_FILE}
ExecReload=${check}
ExecReload=/bin/kill -USR2 $MAINPID
KillMode=mixed
SuccessExitStatus=143
Restart=always
RestartSec=2
RuntimeDirectory=haproxy
RuntimeDirectoryMode=0755

[Install]
WantedBy=multi-user.target
`;
}
