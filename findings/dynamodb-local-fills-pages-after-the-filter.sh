#!/usr/bin/env bash
# DynamoDB Local 3.3.1, which Amazon publishes for tests, applies the limit of 1 MB of a Query after the filter, and
# that of a Scan before it.
#
# The developer guide says of a Query: "can retrieve a maximum of 1 MB of data. This limit applies before the filter
# expression is evaluated." So DynamoDB answers a filter that few items pass with short or empty pages, each with a
# LastEvaluatedKey. DynamoDB Local reads the partition to its end for such a Query, and answers with one page. Code
# that reads only the first page, or that takes an empty page for the end, passes its tests there and misses items in
# production. Test it with a Limit, which counts items before the filter in both.
#
# Stores six items of 300 KB, of which the last one passes the filter, in one partition. Prints Count/ScannedCount of
# each page. Needs a JDK (17 or newer) and Maven. Exits with 1 when the output differs. Observed:
#   Query without filter: 4/4 2/2
#   Query with filter: 1/6
#   Query with filter and Limit 4: 0/4 1/2
#   Scan with filter: 0/4 1/2
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>probe</groupId>
  <artifactId>probe</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>software.amazon.dynamodb</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>3.3.1</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.8.1</version>
      </plugin>
    </plugins>
  </build>
</project>
XML
cat > Probe.java <<'JAVA'
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.dynamodb.services.local.embedded.DynamoDBEmbedded;

public class Probe {
    public static void main(String[] args) throws Exception {
        System.setProperty("aws.region", "eu-central-1");
        var local = DynamoDBEmbedded.create();
        var client = local.dynamoDbClient();
        client.createTable(table -> table
            .tableName("items")
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                a -> a.attributeName("pk").attributeType(ScalarAttributeType.S),
                a -> a.attributeName("sk").attributeType(ScalarAttributeType.N))
            .keySchema(
                k -> k.attributeName("pk").keyType(KeyType.HASH),
                k -> k.attributeName("sk").keyType(KeyType.RANGE)));
        var data = AttributeValue.fromS("x".repeat(300_000));
        for (int n = 1; n <= 6; n++) {
            var number = AttributeValue.fromN(String.valueOf(n));
            client.putItem(put -> put.tableName("items")
                .item(Map.of("pk", AttributeValue.fromS("p"), "sk", number, "n", number, "data", data)));
        }
        Map<String, AttributeValue> key = Map.of(":p", AttributeValue.fromS("p"));
        Map<String, AttributeValue> five = Map.of(":five", AttributeValue.fromN("5"));
        Map<String, AttributeValue> both = Map.of(":p", key.get(":p"), ":five", five.get(":five"));
        var query = QueryRequest.builder().tableName("items").keyConditionExpression("pk = :p").build();
        var plain = query.toBuilder().expressionAttributeValues(key).build();
        var filtered = query.toBuilder().filterExpression("n > :five").expressionAttributeValues(both).build();
        var scan = ScanRequest.builder().tableName("items").filterExpression("n > :five")
            .expressionAttributeValues(five).build();

        List<String> pages = new ArrayList<>();
        client.queryPaginator(plain).forEach(page -> pages.add(page.count() + "/" + page.scannedCount()));
        print("Query without filter", pages);
        client.queryPaginator(filtered).forEach(page -> pages.add(page.count() + "/" + page.scannedCount()));
        print("Query with filter", pages);
        client.queryPaginator(filtered.toBuilder().limit(4).build())
            .forEach(page -> pages.add(page.count() + "/" + page.scannedCount()));
        print("Query with filter and Limit 4", pages);
        client.scanPaginator(scan).forEach(page -> pages.add(page.count() + "/" + page.scannedCount()));
        print("Scan with filter", pages);
        System.exit(0);
    }

    private static void print(String label, List<String> pages) {
        System.out.println(label + ": " + String.join(" ", pages));
        pages.clear();
    }
}
JAVA
mvn --quiet --batch-mode dependency:build-classpath -Dmdep.outputFile=classpath >&2
output=$(java -Xmx256m -cp "$(cat classpath)" Probe.java 2> errors) || { cat errors >&2; exit 1; }
echo "$output"
[[ $output == 'Query without filter: 4/4 2/2
Query with filter: 1/6
Query with filter and Limit 4: 0/4 1/2
Scan with filter: 0/4 1/2' ]]
