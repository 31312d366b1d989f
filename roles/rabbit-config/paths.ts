/** Where the broker looks for what this role writes. */
export const FOLDER = '/etc/rabbitmq';
export const CONF = `${FOLDER}/rabbitmq.conf`;
export const ENV = `${FOLDER}/rabbitmq-env.conf`;
export const TLS = `${FOLDER}/tls`;
export const INTER_NODE = `${FOLDER}/inter_node_tls.config`;
/** Files that the broker reads after rabbitmq.conf, by name: what stands in them wins over it. */
export const DROP_INS = `${FOLDER}/conf.d`;
/** Ours, for what is decided here and not by the inventory: an operator's rabbitmq.conf is left alone. */
export const PARTITIONS = `${DROP_INS}/50-ts-play-partitions.conf`;
