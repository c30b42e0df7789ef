package dev.millrace.gpu.model.schema;

/** Which strings a schema allows, character by character, whatever their spelling in JSON. States are numbers. */
interface TextMatcher {

    int DEAD = -1;

    int start();

    /** The state after a character; {@link #DEAD} where no string goes on so. */
    int next(int state, int codePoint);

    /**
     * Whether some character between the two, both included, leads to where a string can end after at least and at most so
     * many more characters.
     */
    boolean leadsOn(int state, int lowest, int highest, int least, int most);

    /** The fewest more characters within the bounds after which a string may end here; negative where there are none. */
    int fewest(int state, int least, int most);

    /** The same after some character between the two, both included. */
    int fewestAfter(int state, int lowest, int highest, int least, int most);

    /** Whether a string may end here after exactly so many more characters, for some number in the bounds. */
    default boolean canEnd(int state, int least, int most) {
        return fewest(state, least, most) >= 0;
    }

    /**
     * How many characters must be left for the string to end, wherever the ones before them lead; 0 where it may end at any
     * time, negative where not every character may come.
     */
    default int reserve(int state) {
        return -1;
    }

    /** A state that cannot be told from this one by so many more characters, the same for all of those. */
    default int alike(int state, int characters) {
        return state;
    }

    /** Whether a string can go on for as long as it likes wherever it stands. */
    default boolean isEndless() {
        return true;
    }

    /** How many states there are: where a string can end at all, it can after fewer characters than that. */
    default int states() {
        return 1;
    }

    /** Any string at all. */
    TextMatcher ANY = new TextMatcher() {
        @Override
        public int start() {
            return 0;
        }

        @Override
        public int next(int state, int codePoint) {
            return 0;
        }

        @Override
        public boolean leadsOn(int state, int lowest, int highest, int least, int most) {
            return least <= most;
        }

        @Override
        public int fewest(int state, int least, int most) {
            return least <= most ? least : -1;
        }

        @Override
        public int fewestAfter(int state, int lowest, int highest, int least, int most) {
            return fewest(state, least, most);
        }

        @Override
        public int reserve(int state) {
            return 0;
        }
    };
}
