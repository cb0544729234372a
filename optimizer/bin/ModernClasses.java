import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Rewrites the classes of picocli, which is compiled for Java 5, so that Java can keep them in its cache of a start: as of Java
 * 17, with the stack maps that Java's verifier then wants.
 *
 * <p>
 * It also adds an empty class where picocli looks for the closures of Groovy, which nothing here has: Java would open all jars,
 * the slowest step of a start, to find that out.
 *
 * <p>
 * Usage: {@code java ModernClasses.java PICOCLI.jar NEW.jar}. The new one has the classes only and goes before the old one.
 */
void main(String[] args) throws IOException {
    Path old = Path.of(args[0]);
    try (var types = new URLClassLoader(new URL[]{old.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
            var in = new ZipFile(old.toFile());
            var out = new ZipOutputStream(Files.newOutputStream(Path.of(args[1])))) {
        ClassFile format = ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS,
                ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(types)));
        ClassTransform modern = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                .andThen((builder, element) -> {
                    if (element instanceof ClassFileVersion) {
                        builder.withVersion(ClassFile.JAVA_17_VERSION, 0);
                    } else {
                        builder.with(element);
                    }
                });
        write(out, "groovy/lang/Closure.class", format.build(ClassDesc.of("groovy.lang.Closure"), _ -> {}));
        for (ZipEntry entry : Collections.list(in.entries())) {
            if (!entry.getName().endsWith(".class") || entry.getName().endsWith("module-info.class")) {
                continue;
            }
            byte[] bytes = in.getInputStream(entry).readAllBytes();
            write(out, entry.getName(), format.transformClass(format.parse(bytes), modern));
        }
    }
}

private void write(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(bytes);
}
