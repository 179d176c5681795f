package sallyport.daemon;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259) of maps, lists, texts, numbers, booleans and null, for commands. */
public final class Json {
  private final StringBuilder json = new StringBuilder();

  private Json() {}

  /** One line; the members of a map stand in its order, anything else is written as its text. */
  public static String of(@Nullable Object value) {
    Json writer = new Json();
    writer.value(value);
    return writer.json.toString();
  }

  private void value(@Nullable Object value) {
    switch (value) {
      case null -> json.append("null");
      case Map<?, ?> map -> object(map);
      case Iterable<?> list -> array(list);
      case Number number -> json.append(number);
      case Boolean truth -> json.append(truth);
      default -> text(value.toString());
    }
  }

  private void object(Map<?, ?> map) {
    String separator = "";
    json.append('{');
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.append(separator);
      text(String.valueOf(entry.getKey()));
      json.append(": ");
      value(entry.getValue());
      separator = ", ";
    }
    json.append('}');
  }

  private void array(Iterable<?> list) {
    json.append('[');
    for (Iterator<?> each = list.iterator(); each.hasNext(); ) {
      value(each.next());
      json.append(each.hasNext() ? ", " : "");
    }
    json.append(']');
  }

  private void text(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7F || Character.isSurrogate(c) || c == 0x2028 || c == 0x2029) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
