package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * What is public says what it promises. The build checks how comments are written; it cannot ask
 * for them without asking for a tag on every parameter too.
 */
class PublicCommentsTest {
  private static final List<String> LIBRARY =
      List.of(
          "alarms",
          "fetch-executor",
          "origin-entity",
          "origin-entity/testkit",
          "origin-entity/simulation",
          "cluster-config/client",
          "cluster-config");

  /** What users import. Elsewhere a member is public for other packages of its module. */
  private static final Set<String> FACES =
      Set.of(
          "dev.retriever.alarms",
          "dev.retriever.client",
          "dev.retriever.client.problem",
          "dev.retriever.client.webhook",
          "dev.retriever.executor",
          "dev.retriever.executor.egress",
          "dev.retriever.executor.http",
          "dev.retriever.executor.invocation",
          "dev.retriever.executor.memory",
          "dev.retriever.executor.parcel",
          "dev.retriever.executor.pool",
          "dev.retriever.executor.settings",
          "dev.retriever.origin",
          "dev.retriever.origin.manual",
          "dev.retriever.origin.simulation",
          "dev.retriever.origin.storage",
          "dev.retriever.origin.testkit",
          "dev.retriever.cluster");

  @Test
  void public_elements_have_comments() throws IOException {
    assertThat(uncommentedInLibrary()).filteredOn(PublicCommentsTest::isForUsers).isEmpty();
  }

  @Test
  void types_have_a_comment_in_packages_that_are_not_for_users_too() throws IOException {
    assertThat(uncommentedInLibrary()).filteredOn(PublicCommentsTest::isType).isEmpty();
  }

  private static List<String> uncommentedInLibrary() throws IOException {
    var uncommented = new ArrayList<String>();
    for (var module : LIBRARY) {
      var sources = sources(Path.of("..", module, "src", "main", "java"));
      assertThat(sources).as("sources of %s", module).isNotEmpty();
      uncommented.addAll(uncommented(sources));
    }
    return uncommented;
  }

  private static boolean isForUsers(String name) {
    return FACES.contains(name.substring(0, name.indexOf(packageEnd(name))));
  }

  /** A top-level type: its package, and one name. */
  private static boolean isType(String name) {
    return !packageEnd(name).substring(1).contains(".");
  }

  /** From the dot before the first name in upper case. */
  private static String packageEnd(String name) {
    return name.substring(name.replaceAll("\\.[A-Z].*", "").length());
  }

  @Test
  void types_methods_constructors_and_constants_that_lack_one_are_named() throws IOException {
    var source =
        """
        package p;
        public class A {
          public A() {}
          public static final int B = 1;
          public void c() {}
          protected record D(int e) { public D {} public void f() {} }
          public interface G { int H = 1; void i(); }
          public enum J { K }
        }
        """;

    assertThat(uncommented(List.of(new Text(source))))
        .containsExactly(
            "p.A",
            "p.A.<init>",
            "p.A.B",
            "p.A.c",
            "p.A.D",
            "p.A.D.f",
            "p.A.G",
            "p.A.G.H",
            "p.A.G.i",
            "p.A.J");
  }

  @Test
  void hidden_and_inherited_elements_need_no_comment() throws IOException {
    var source =
        """
        package p;
        /** Has one. */
        public class A {
          A() {}
          void b() {}
          @Override public String toString() { return ""; }
          static class C { public void d() {} }
        }
        class E { public void f() {} }
        """;

    assertThat(uncommented(List.of(new Text(source)))).isEmpty();
  }

  private static List<JavaFileObject> sources(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      var sources = new ArrayList<JavaFileObject>();
      for (var file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
        sources.add(new Text(Files.readString(file)));
      }
      return sources;
    }
  }

  private static List<String> uncommented(List<JavaFileObject> sources) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var task = (JavacTask) compiler.getTask(null, null, null, List.of(), null, sources);
    var scanner = new Scanner(DocTrees.instance(task));
    for (var unit : task.parse()) {
      scanner.scan(unit, null);
    }
    return scanner.uncommented;
  }

  /** A source in memory. */
  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    private Text(String text) {
      super(URI.create("string:///Text.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Walks through what users can see, and no further. */
  private static final class Scanner extends TreePathScanner<Void, Void> {
    private final DocTrees docs;
    private final List<String> uncommented = new ArrayList<>();

    private Scanner(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public Void visitClass(ClassTree type, Void none) {
      if (isVisible(type.getModifiers())) {
        check(type.getSimpleName());
        super.visitClass(type, none);
      }
      return null;
    }

    /** What overrides has the comment of what it overrides; a record's constructor its type's. */
    @Override
    public Void visitMethod(MethodTree method, Void none) {
      var overrides =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(it -> it.getAnnotationType().toString().equals("Override"));
      var makesRecord = method.getReturnType() == null && enclosing().getKind() == Tree.Kind.RECORD;
      if (isVisible(method.getModifiers()) && !overrides && !makesRecord) {
        check(method.getName());
      }
      return null;
    }

    /** The names of enum constants say enough, or have a comment where they do not. */
    @Override
    public Void visitVariable(VariableTree field, Void none) {
      if (isVisible(field.getModifiers()) && enclosing().getKind() != Tree.Kind.ENUM) {
        check(field.getName());
      }
      return null;
    }

    private Tree enclosing() {
      return getCurrentPath().getParentPath().getLeaf();
    }

    private boolean isVisible(ModifiersTree modifiers) {
      var flags = modifiers.getFlags();
      var inInterface = enclosing().getKind() == Tree.Kind.INTERFACE;
      return flags.contains(Modifier.PUBLIC)
          || flags.contains(Modifier.PROTECTED)
          || inInterface && !flags.contains(Modifier.PRIVATE);
    }

    private void check(CharSequence name) {
      if (docs.getDocComment(getCurrentPath()) == null) {
        uncommented.add(within(getCurrentPath().getParentPath()) + "." + name);
      }
    }

    private static String within(TreePath path) {
      return path.getLeaf() instanceof ClassTree type
          ? within(path.getParentPath()) + "." + type.getSimpleName()
          : ((CompilationUnitTree) path.getLeaf()).getPackageName().toString();
    }
  }
}
