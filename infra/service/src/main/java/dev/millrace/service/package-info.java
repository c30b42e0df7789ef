/** What every service has: how it starts and stops, its Kafka clients, health, metrics and configuration checks. */
@NullMarked
package dev.millrace.service;

import org.jspecify.annotations.NullMarked;
