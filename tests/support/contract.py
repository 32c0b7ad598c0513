"""The metric families that dashboards and alerts rely on: their names never change within a major version."""

COUNTERS = {
    "streamhouse_producer_records_sent_total",
    "streamhouse_producer_bytes_sent_total",
    "streamhouse_producer_send_errors_total",
    "streamhouse_consumer_records_consumed_total",
    "streamhouse_consumer_bytes_consumed_total",
    "streamhouse_agent_lease_renewals_total",
    "streamhouse_agent_records_written_total",
    "streamhouse_agent_grpc_requests_total",
}
HISTOGRAMS = {
    "streamhouse_producer_send_duration_seconds",
    "streamhouse_producer_batch_flush_duration_seconds",
    "streamhouse_producer_batch_size_records",
    "streamhouse_producer_batch_size_bytes",
    "streamhouse_consumer_poll_duration_seconds",
    "streamhouse_agent_write_latency_seconds",
    "streamhouse_agent_grpc_request_duration_seconds",
}
GAUGES = {
    "streamhouse_producer_pending_records",
    "streamhouse_consumer_lag_records",
    "streamhouse_consumer_lag_seconds",
    "streamhouse_consumer_last_committed_offset",
    "streamhouse_consumer_current_offset",
    "streamhouse_agent_active_partitions",
    "streamhouse_agent_active_connections",
}
FAMILIES = COUNTERS | HISTOGRAMS | GAUGES
