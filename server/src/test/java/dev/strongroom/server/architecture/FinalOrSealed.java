package dev.strongroom.server.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** A class is final, or abstract, or somebody of ours extends it. */
final class FinalOrSealed extends ArchCondition<JavaClass> {
    FinalOrSealed() {
        super("be final, abstract or extended");
    }

    @Override
    public void check(JavaClass checked, ConditionEvents events) {
        boolean fine = checked.getModifiers().contains(JavaModifier.FINAL)
                || checked.getModifiers().contains(JavaModifier.ABSTRACT)
                || checked.isAnnotation()
                || !checked.getSubclasses().isEmpty()
                || checked.getSimpleName().equals("package-info");
        if (!fine) {
            events.add(SimpleConditionEvent.violated(checked, checked.getName() + " is neither final nor extended"));
        }
    }
}
