import { CONFIG, PID_FILE, USERS } from '../domain/haproxy/paths.ts';

/** haproxy.service, in place of a distribution's own. Names no version: a newer one is taken up by a reload. */
export function haproxyUnit(haproxy: string): string {
  const check = `${haproxy} -c -f ${CONFIG} -f ${USERS}`;
  return `# Written by ts-play (role haproxy-build): changes made here are lost.
[Unit]
Description=HAProxy
Documentation=https://docs.haproxy.org/
After=network-online.target
Wants=network-online.target
# A package that is installed starts it at once, before it is configured.
ConditionPathExists=${CONFIG}
ConditionPathExists=${USERS}
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
