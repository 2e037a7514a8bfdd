#!/usr/bin/env python3
"""Edits template.yaml and samconfig.toml wrongly, one way after another, and sees check.py name each.

Rules that are about the code are Rust, and so are the wrong edits that break them: tests/it/template.rs.
"""

import concurrent.futures
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True

import check

# What is edited; what stands there once and what instead; what the check must say. With `lint` it is for cfn-lint and
# the SAM CLI to say, which take some seconds; everything else is for our own rules alone.
EDITS = [
    # Routes. Whether they are the code's, and have examples, is found by tests/it/template.rs.
    ("a route of another API", "Properties: {RestApiId: !Ref Api, Method: GET, Path: /favorites}", "Properties: {Method: GET, Path: /favorites}", "FavoritesFunction, event List: its RestApiId should be Api"),
    ("pln1: a plan without a quota", "      Quota: {Limit: 500000, Period: MONTH}\n", "", "PartnerPlan: its Quota should have a Limit"),
    ("pln1: a quota that one client can use up for all", "{RateLimit: !Ref WebsiteRate, BurstLimit: 100}\n", "{RateLimit: !Ref WebsiteRate, BurstLimit: 100}\n      Quota: {Limit: 5000000, Period: MONTH}\n", "WebsitePlan: it should have no Quota"),
    ("pln1: a rate that is no parameter", "RateLimit: !Ref MobileRate", "RateLimit: 20", "MobilePlan: its RateLimit should be !Ref MobileRate"),
    ("pln1: a WAF that nobody asked for", "    Type: AWS::WAFv2::WebACL\n    Condition: HasWaf\n", "    Type: AWS::WAFv2::WebACL\n", "Waf: it should be there on request only"),
    ("pln1: a WAF without a rate", "{AggregateKeyType: IP, Limit: !Ref WafRate}", "{AggregateKeyType: IP, Limit: 100}", "Waf: it should count each address by WafRate"),
    ("a route without its key", "        GetMe:         {Type: Api, Properties: {", "        GetMe:         {Type: Api, Properties: {Auth: {ApiKeyRequired: false}, ", "UsersFunction, event GetMe: GET /users/me wants no key"),
    # Functions.
    ("a Binary", "Binary: dispatch}", "Binary: despatch}", "DispatchFunction: there is no functions/despatch"),
    ("another function's Binary", "Binary: favorites}", "Binary: books}", "FavoritesFunction: its Binary is books"),
    ("a table's name in a variable", "SESSIONS_TABLE: !Ref SessionsTable", "SESSIONS_TABLE: !Ref AccountsTable", "Globals: SESSIONS_TABLE should be !Ref SessionsTable"),
    ("a variable's name", "PEPPER_SECRET: !Ref", "PEPPER: !Ref", "AuthFunction: its code reads PEPPER_SECRET"),
    ("a laptop's variable in the cloud", "AWS_ENDPOINT_URL_SESV2: !Ref AWS::NoValue", "AWS_ENDPOINT_URL_SESV2: http://127.0.0.1:9000", "Globals: AWS_ENDPOINT_URL_SESV2 is for laptops"),
    ("a runtime", "Runtime: provided.al2023", "Runtime: provided.al2032", "AuthFunction.Properties.Runtime: 'provided.al2032' is not one of", "lint"),
    # Policies. One that is too narrow, or wide without a `*`, is found by tests/it/policies.rs, which knows what the code does.
    ("a table in the place of a secret", "Resource: [!Ref LetterSecret]\n\n  # Every row", "Resource: [!Ref JournalTable]\n\n  # Every row", "DispatchFunction: its policy allows secretsmanager:GetSecretValue on JournalTable"),
    ("a policy with a * action", "Action: [sqs:SendMessage]\n            Resource: [!GetAtt DeadLetterQueue.Arn]", "Action: ['sqs:*']\n            Resource: [!GetAtt DeadLetterQueue.Arn]", "DispatchFunction: its policy allows sqs:*"),
    ("a policy with a * resource", "Resource: [!GetAtt DeadLetterQueue.Arn]", "Resource: ['*']", "DispatchFunction: its policy allows sqs:SendMessage on *"),
    ("a policy on all indexes", '"${LibraryTable.Arn}/index/reader-newest"', '"${LibraryTable.Arn}/index/*"', "FavoritesFunction: its policy allows dynamodb:Query on ${LibraryTable.Arn}/index/*"),
    ("an action that is none", "secretsmanager:GetSecretValue]\n            Resource: [!Ref LetterSecret]", "secretsmanager:GetSecretValues]\n            Resource: [!Ref LetterSecret]", "Action: 'getsecretvalues' is not one of", "lint"),
    ("aw6: a role that cannot make what is there", "                Action: events:*\n", "                Action: sns:*\n", ".github/deploy-role.yaml: it allows nothing of events"),
    ("aw6: a role for every environment", "environment:${Environment}", "environment:*", ".github/deploy-role.yaml: it should trust one environment"),
    # Gateways.
    ("a plan without a key", "{UsagePlanId: !Ref MobilePlan,", "{UsagePlanId: !Ref PartnerPlan,", "MobilePlan: no key belongs to it"),
    ("pln1: a plan beyond the API's ceiling", "    Default: 50\n", "    Default: 500\n", "Api: its ThrottlingRateLimit is below"),
    ("aw2: a stage that keeps its copy", "      AlwaysDeploy: true\n", "", "Api: another AllowedOrigins changes it, and makes no other deployment"),
    ("a preflight's headers", "If-Match,If-None-Match,Idempotency-Key,", "If-Match,If-None-Match,", "Api: its preflights allow no Idempotency-Key"),
    ("a preflight with a key", "AddApiKeyRequiredToCorsPreflight: false", "AddApiKeyRequiredToCorsPreflight: true", "Api: preflights want an API key"),
    ("aw5: a preflight of one origin only", "!Join ['\",\"', !Ref AllowedOrigins]}\n", "!Select [0, !Ref AllowedOrigins]}\n", "Api, /books: a preflight of 'https://www.library.example' is answered with {}"),
    ("aw5: a preflight of everybody", "#if($allowed == $input.params().header.origin ||", "#if($allowed != $input.params().header.origin ||", "Api, /books: a preflight of 'null' is answered with"),
    ("aw5: a path without a preflight", "          /favorites: {options: *preflight}\n", "", "Api: /favorites should have routes and an OPTIONS method, or neither"),
    ("an own answer's status", '"title":"Forbidden","status":403,\n              "code":"unknown-api-key"', '"title":"Forbidden","status":401,\n              "code":"unknown-api-key"', "Api, INVALID_API_KEY: its body says 401"),
    ("the WebSocket API's type", "Type: AWS::Serverless::WebSocketApi", "Type: AWS::Serverless::HttpApi", "LiveApi"),
    ("a WebSocket route", "        $disconnect: {", "        $disconected: {", "LiveApi: Resource with id [LiveApi] is invalid. Route key '$disconected'"),
    # The stream.
    ("a stream's filter", '"NewImage":{"what":{"S":[{"exists"', '"NewImage":{"kind":{"S":[{"exists"', "DispatchFunctionJournal: its filter looks at kind"),
    # Tables, secrets, outputs.
    ("aw11: another key", "      KeySchema:\n        - {AttributeName: pk, KeyType: HASH}\n      # What monitors show", "      KeySchema:\n        - {AttributeName: user, KeyType: HASH}\n      # What monitors show", "JournalTable: its keys were"),
    ("aw11: another local index", "KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: turn, KeyType: RANGE}]", "KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: day, KeyType: RANGE}]", "LibraryTable: its local indexes have changed"),
    ("aw11: another projection", "        - IndexName: deadlines\n          KeySchema: [{AttributeName: day, KeyType: HASH}, {AttributeName: deadline, KeyType: RANGE}]\n          Projection: {ProjectionType: KEYS_ONLY}", "        - IndexName: deadlines\n          KeySchema: [{AttributeName: day, KeyType: HASH}, {AttributeName: deadline, KeyType: RANGE}]\n          Projection: {ProjectionType: ALL}", "LibraryTable: its index deadlines has changed"),
    ("aw11: two indexes in one update", "        - IndexName: owner-newest\n", "        - IndexName: owner-latest\n", "LibraryTable: the indexes owner-latest, owner-newest come or go at once"),
    ("aw12: a secret that a failed deployment leaves behind", "  LetterSecret:\n    Type: AWS::SecretsManager::Secret\n    DeletionPolicy: RetainExceptOnCreate", "  LetterSecret:\n    Type: AWS::SecretsManager::Secret\n    DeletionPolicy: Retain", "LetterSecret: it should have DeletionPolicy: RetainExceptOnCreate"),
    ("aw12: an identity that there is already", "    Type: AWS::SES::EmailIdentity\n    Condition: HasMailIdentity\n", "    Type: AWS::SES::EmailIdentity\n", "MailIdentity: it should have a Condition"),
    ("aw13: a record that is not shown", "  DkimRecord3:\n    Condition: HasMailDomain\n    Value: !Sub ${MailIdentity.DkimDNSTokenName3} CNAME ${MailIdentity.DkimDNSTokenValue3}\n", "", "MailIdentity: no output shows its DkimDNSTokenName3"),
    ("aw13: letters of an address alone", "!If [HasMailDomain, !Select [1, !Split [\"@\", !Ref MailSender]], !Ref MailSender]", "!Ref MailSender", "MailIdentity: it should be that of the domain"),
    ("aw15: a table with a key of KMS", "      TimeToLiveSpecification: {AttributeName: expiresAt, Enabled: true}\n      StreamSpec", "      SSESpecification: {SSEEnabled: true}\n      TimeToLiveSpecification: {AttributeName: expiresAt, Enabled: true}\n      StreamSpec", "JournalTable: it should have no SSESpecification"),
    ("a table's protection", "  AccountsTable:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain", "  AccountsTable:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Delete", "AccountsTable: it should have DeletionPolicy: Retain"),
    ("a table's backups", "PointInTimeRecoveryEnabled: true}\n      TimeToLiveSpecification: {AttributeName: expiresAt, Enabled: true}\n      StreamSpec", "PointInTimeRecoveryEnabled: false}\n      TimeToLiveSpecification: {AttributeName: expiresAt, Enabled: true}\n      StreamSpec", "JournalTable: it should have PointInTimeRecoveryEnabled"),
    ("a secret in the outputs", "    Value: !Ref LibraryTable\n", "    Value: !Sub '{{resolve:secretsmanager:${PepperSecret}}}'\n", "output LibraryTableName: it names PepperSecret"),
    # Operations.
    ("an alarm about nobody", "Dimensions: [{Name: FunctionName, Value: !Ref AuthFunction}]", "Dimensions: [{Name: FunctionName, Value: AuthFunction}]", 'AuthThrottledAlarm: its FunctionName is "AuthFunction"'),
    ("aw9: a level that drops metrics", "AllowedValues: [DEBUG, INFO]", "AllowedValues: [DEBUG, INFO, ERROR]", "parameter ApplicationLogLevel: with ERROR"),
    ("aw10: no alarm about failed rows", "      MetricName: FailedRows\n      Dimensions: [{Name: Function, Value: !Ref DispatchFunction}]\n", "      MetricName: Letters\n      Dimensions: [{Name: Function, Value: !Ref DispatchFunction}]\n", "DispatchFunction: no alarm watches its FailedRows"),
    ("aw10: an alarm that is silent when nothing is called", "      TreatMissingData: breaching\n", "      TreatMissingData: notBreaching\n", "SweepStoppedAlarm: it should have TreatMissingData: breaching"),
    ("aw10: no alarm about a disabled mapping", "MetricName: ConsumedWriteCapacityUnits,", "MetricName: WriteThrottleEvents,", "JournalTable: no alarm watches its ConsumedWriteCapacityUnits"),
    ("aw10: no alarm about an indexer that gets nothing", "Namespace: Carrel, MetricName: BookChanges,", "Namespace: Carrel, MetricName: SignIns,", "DispatchFunction: no alarm watches its BookChanges"),
    ("aw10: a table that may be throttled in silence", "MetricName: WriteThrottleEvents, Dimensions: [{Name: TableName, Value: !Ref SessionsTable}]", "MetricName: WriteThrottleEvents, Dimensions: [{Name: TableName, Value: !Ref LibraryTable}]", "SessionsTable: no alarm watches its WriteThrottleEvents"),
    ("aw10: bounces in silence", "MetricName: Reputation.BounceRate", "MetricName: Reputation.ComplaintRate", "this account: no alarm watches its Reputation.BounceRate"),
    ("aw10: 429s that nobody counts", "MetricName: TooManyRequests, MetricValue", "MetricName: Refused, MetricValue", "TooManyRequestsAlarm: nobody measures TooManyRequests in Carrel"),
    ("aw10: a WebSocket API without a log", "        DestinationArn: !GetAtt LiveApiLogs.Arn", "        DestinationArn: !GetAtt ApiLogs.Arn", "LiveApiLogs: nothing is logged there"),
    ("an alarm about another function", "Value: !Ref LiveFunction}]}}}", "Value: !Ref BooksFunction}]}}}", "LiveFunction: no alarm watches its Throttles"),
    ("an alarm about nothing", "      MetricName: IteratorAge\n      Dimensions: *of-dispatch\n", "      MetricName: IteratorsAge\n      Dimensions: *of-dispatch\n", "JournalBehindAlarm: nobody measures IteratorsAge"),
    ("an alarm that tells nobody", "Value: !GetAtt DeadLetterQueue.QueueName}]\n      Statistic: Maximum\n      Period: 300\n      EvaluationPeriods: 1\n      ComparisonOperator: GreaterThanThreshold\n      Threshold: 0\n      TreatMissingData: notBreaching\n      AlarmActions: *told\n", "Value: !GetAtt DeadLetterQueue.QueueName}]\n      Statistic: Maximum\n      Period: 300\n      EvaluationPeriods: 1\n      ComparisonOperator: GreaterThanThreshold\n      Threshold: 0\n      TreatMissingData: notBreaching\n", "DeadLettersAlarm: its AlarmActions should tell the AlarmTopic"),
    ("a log group", "LoggingConfig: {LogGroup: !Ref UsersLogs}\n", "Timeout: 10\n", "UsersFunction: its LoggingConfig names no LogGroup"),
    ("a log that is kept for ever", '{LogGroupName: !Sub "${AWS::StackName}/api", RetentionInDays: !Ref LogDays}', '{LogGroupName: !Sub "${AWS::StackName}/api"}', "ApiLogs: it is kept for ever"),
    ("a key in the access log", "$context.identity.apiKeyId", "$context.identity.apiKey", "Apiv1Stage: its access log tells $context.identity.apiKey"),
    ("the dashboard", '"${DispatchErrorsAlarm.Arn}",\n              ', "", "Dashboard: it does not show DispatchErrorsAlarm"),
    ("a dashboard about nothing", '[".", "Reservations", ".", "${Res', '[".", "Reserved", ".", "${Res', "Dashboard: nobody measures Reserved in Carrel"),
    # Releases.
    ("aw19: a version that no alarm takes back", "      Alarms: [!Ref ApiErrorsAlarm]\n", "", "ApiErrorsAlarm does not take its version back"),
    ("aw19: an alarm that waits for what waits for it", "Value: v1}]\n", "Value: !Ref Api.Stage}]\n", "gradually: Api: Circular Dependencies", "lint"),
    ("aw19: a function whose versions are all at once", "      Description: The catalogue, and the old books.\n", "      Description: The catalogue, and the old books.\n      DeploymentPreference: {Enabled: false}\n", "aw19: BooksFunction: its new version gets all calls at once"),
    # Settings.
    ("a parameter's value", '"MailSender=library@library.example"', '"MailSender=Library <library@library.example>"', "samconfig.toml, prod: MailSender is"),
    ("a parameter that is not set", '    "MailSender=library@staging.library.example",\n', "", "samconfig.toml, staging: it sets no MailSender"),
    ("a parameter that is not there", '"LogDays=90"', '"LogsDays=90"', "samconfig.toml, prod: there is no parameter LogsDays"),
]  # fmt: skip

FILES = ["template.yaml", "samconfig.toml", ".github/deploy-role.yaml"]


def edited(folder, old, new):
    """A folder like the workspace, but for one edit. All else is a link to what is there."""
    (pathlib.Path(folder) / "tests").symlink_to(check.ROOT / "tests")
    for name in [*FILES, "functions", "shared", "events", "openapi.json"]:
        target = pathlib.Path(folder) / name
        if name in FILES:
            target.parent.mkdir(exist_ok=True)
            text = (check.ROOT / name).read_text()
            target.write_text(text.replace(old, new))
        else:
            target.symlink_to(check.ROOT / name)
    return pathlib.Path(folder)


def verdict(edit):
    """What is said about an edit, and whether that was enough."""
    what, old, new, said, *lint = edit
    if sum((check.ROOT / name).read_text().count(old) for name in FILES) != 1:
        return f"{what}: {old!r} should stand in the template or the settings once; bring this list up to date", False
    with tempfile.TemporaryDirectory() as folder:
        found = list(check.problems(edited(folder, old, new), linters=bool(lint)))
    if not any(said in problem for problem in found):
        return f"{what}: the check should say {said!r}, and said {found or 'nothing'}", False
    return "\n    ".join([what, *found]), True


def main():
    check.with_tools("sam")
    with concurrent.futures.ProcessPoolExecutor() as processes:
        verdicts = list(processes.map(verdict, EDITS))
    for text, enough in verdicts:
        if not enough or "-v" in sys.argv:
            print(text)
    if not all(enough for _, enough in verdicts):
        sys.exit(1)
    print(f"{len(EDITS)} wrong edits, and each was named")


if __name__ == "__main__":
    main()
