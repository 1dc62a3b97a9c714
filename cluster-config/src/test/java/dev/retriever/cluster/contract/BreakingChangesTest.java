package dev.retriever.cluster.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The contract against the documents of the last release, in {@code openapi/released}. Until the
 * first release these are a baseline that was not released.
 */
class BreakingChangesTest {
  private static final Path RELEASED = Path.of("src/test/resources/openapi/released");

  private static final String BEFORE =
      """
      info: {title: a}
      paths:
        /a/{x}:
          post:
            x-retriever-role: submit
            parameters:
              - {name: q, in: query, schema: {type: string, enum: [one, two]}}
              - {name: n, in: query, schema: {type: integer, maximum: 10}}
            requestBody:
              content:
                application/json:
                  schema:
                    type: object
                    required: [id]
                    properties: {id: {type: string}, size: {type: integer}}
            responses:
              '200':
                headers: {Location: {required: true, schema: {type: string}}}
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/A'}
              '202': {description: later}
          get:
            x-retriever-role: read
            responses: {}
      components:
        schemas:
          A:
            type: object
            required: [id, items]
            properties:
              id: {type: string}
              items:
                type: array
                items: {type: object, required: [n], properties: {n: {type: integer}}}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a/{x}:        | /b/{x}:                  | GET /a/{x} is gone",
        "get:           | put:                     | GET /a/{x} is gone",
        "'202': {description: later} |             | POST /a/{x} 202 is gone",
        "role: submit   | role: admin              | POST /a/{x} takes another role",
        "[one, two]     | [one]                    | POST /a/{x} q no longer takes two",
        "maximum: 10    | maximum: 9               | POST /a/{x} n has a smaller maximum",
        "name: q, in: query | name: p, in: query   | POST /a/{x} has no parameter q any more",
        "name: n, in    | name: n, required: true, in | POST /a/{x} asks for the parameter n",
        "required: [id] | required: [id, size]     | POST /a/{x} request asks for size",
        "size: {type: integer} | size: {type: string} | POST /a/{x} request/size has another type",
        ", size: {type: integer} |                 | POST /a/{x} request has no size any more",
        "required: [id, items] | required: [id]    | POST /a/{x} 200 may lack items",
        "properties: {n: {type: integer}} | properties: {} | POST /a/{x} 200/items/items has no n any more",
        "Location: {required: true, | Location: {  | POST /a/{x} 200 may lack the header Location",
        "application/json: | text/plain:           | POST /a/{x} 200 is no application/json any more",
      })
  void a_break_is_noticed(String text, String other, String said) {
    var after = BEFORE.replace(text, other == null ? "" : other);
    assertThat(after).isNotEqualTo(BEFORE);
    assertThat(BreakingChanges.between(json(BEFORE), json(after))).contains(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{x}                   | {y}",
        "[one, two]            | [one, two, three]",
        "maximum: 10           | maximum: 11",
        "size: {type: integer} | size: {type: integer}, more: {type: string}",
        "id: {type: string}\\n  | id: {type: string}\\n        more: {type: string}\\n",
        "components:           | x: y\\ncomponents:",
      })
  void an_addition_breaks_nothing(String text, String other) {
    var after = BEFORE.replace(text.replace("\\n", "\n"), other.replace("\\n", "\n"));
    assertThat(BreakingChanges.between(json(BEFORE), json(after))).isEmpty();
  }

  @Test
  void the_contract_breaks_no_client_of_the_last_release() throws IOException {
    assertThat(BreakingChanges.between(released("retriever.yaml"), Contract.ofApi().json()))
        .isEmpty();
    assertThat(
            BreakingChanges.between(
                released("retriever-admin.yaml"), Contract.ofManagement().json()))
        .isEmpty();
  }

  private static JsonNode released(String name) throws IOException {
    return json(Files.readString(RELEASED.resolve(name)));
  }

  private static JsonNode json(String yaml) {
    return Contract.of(yaml).json();
  }
}
