/** Where the broker looks for what this role writes. */
export const FOLDER = '/etc/rabbitmq';
export const CONF = `${FOLDER}/rabbitmq.conf`;
export const ENV = `${FOLDER}/rabbitmq-env.conf`;
export const TLS = `${FOLDER}/tls`;
export const INTER_NODE = `${FOLDER}/inter_node_tls.config`;
