/**
 * JMH benchmarks of the parts that speed depends on. Run with {@code benchmarks/micro.sh}. Not null-marked: JMH fills state
 * objects outside constructors.
 */
package dev.strongroom.benchmarks.micro;
