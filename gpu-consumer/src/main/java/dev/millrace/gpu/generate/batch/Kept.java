package dev.millrace.gpu.generate.batch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What was made for requests lately, for all others that ask for the same. Safe from any thread. */
final class Kept<T> {

    private static final int MAX_KEPT = 64;

    private final Map<List<String>, T> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, T> eldest) {
            return size() > MAX_KEPT;
        }
    };

    /** Made where it is not known, which nobody else waits for. */
    T get(List<String> key, Supplier<T> make) {
        synchronized (kept) {
            T known = kept.get(key);
            if (known != null) {
                return known;
            }
        }
        T made = make.get();
        synchronized (kept) {
            kept.put(key, made);
        }
        return made;
    }
}
