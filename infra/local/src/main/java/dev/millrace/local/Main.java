package dev.millrace.local;

import java.io.IOException;

/** The launcher behind {@code mvn -Pup}. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        Console console = Console.ofThisProcess();
        StackSettings settings;
        try {
            settings = Options.read(System.getProperties()).settings(Checkout.find());
        } catch (IOException | IllegalArgumentException e) {
            console.say("Millrace cannot start: " + e.getMessage());
            System.exit(1);
            return;
        }
        System.exit(new Launcher(console).run(settings));
    }
}
