package dev.strongroom.storage.log;

/** Whoever gives out transaction ids and the like: asked at each checkpoint, told at the end of recovery. */
public interface CounterSource {
    Counters counters();
}
