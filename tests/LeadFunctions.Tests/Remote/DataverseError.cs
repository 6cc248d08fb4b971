using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

/// <summary>What the Dataverse Web API says when it refuses: the status, its own code and its own words.</summary>
internal sealed record DataverseError(int Status, string Code, string Message)
{
    public static DataverseError UnknownColumn(string name) => Payload(
        $"Microsoft.Crm.CrmException: Invalid property '{name}' was found in entity 'Microsoft.Dynamics.CRM.lead'. ---> "
        + $"Microsoft.OData.ODataException: The property '{name}' does not exist on type 'Microsoft.Dynamics.CRM.lead'. "
        + "Make sure to only use property names that are defined by the type.");

    public static DataverseError UnknownLookup(string name) => Payload(
        $"Microsoft.OData.ODataException: An undeclared property '{name}' which only has property annotations in the payload but no property value "
        + "was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.");

    public static DataverseError NotANavigation(string name) => Payload(
        $"Microsoft.OData.ODataException: A 'PrimitiveValue' node with non-null value was found when trying to read the value of the property '{name}'; "
        + "however, a 'StartArray' node, a 'StartObject' node, or a 'PrimitiveValue' node with null value was expected.");

    public static DataverseError NoSuchTarget(string value) => Payload($"Microsoft.OData.ODataException: Resource not found for the segment '{value}'.");

    public static DataverseError WrongType(string literal, string type) => Payload(
        $"Microsoft.OData.ODataException: Cannot convert the literal '{literal}' to the expected type '{type}'. ---> "
        + "System.FormatException: Input string was not in a correct format.");

    public static DataverseError NotJson(string reason) => Payload($"Microsoft.OData.ODataException: {reason}");

    public static DataverseError ReadOnly(string name) =>
        new(400, "0x80048d19", $"Attribute '{name}' of entity 'lead' is not valid for create.");

    public static DataverseError TooLong(string name, int maxLength) => new(
        400,
        "0x80044331",
        $"A validation error occurred.  The length of the '{name}' attribute of the 'lead' entity exceeded the maximum allowed length of '{maxLength}'.");

    public static DataverseError OutOfRange(string name, int value, IEnumerable<int> accepted) => new(
        400,
        "0x8004431A",
        $"A validation error occurred. The value {value} of '{name}' on record of type 'lead' is outside the valid range. Accepted Values: {string.Join(',', accepted)}");

    public static DataverseError InvalidCharacter(string name, char character) => new(
        400,
        "0x80040278",
        $"Invalid character in field '{name}': '{(char.IsSurrogate(character) ? '\uFFFD' : character)}', hexadecimal value 0x{(int)character:X2}, is an invalid character.");

    public static DataverseError AlreadyThere() => new(412, "0x80040237", "A record with matching key values already exists.");

    /// <summary>Another row has this value of an alternate key: nothing was written.</summary>
    public static DataverseError AlternateKeyViolated(string column) => new(
        412,
        "0x80060892",
        $"Entity Key {column} violated. A record with the same value for {column} already exists. A duplicate record cannot be created. Select one or more unique values and try again.");

    public static DataverseError MissingPrivilege(string privilege) => new(
        403,
        "0x80040220",
        $"Principal user (Id=6f2d7a2e-5d0c-ee11-8f6e-000d3a1b2c3d, type=8) is missing {privilege} privilege on OTC=4 for entity 'lead'.");

    public static DataverseError NotThere(Guid id) => new(404, "0x80040217", $"Entity 'lead' With Id = {id} Does Not Exist");

    public static DataverseError UnknownSegment(string segment) => new(404, "0x80060888", $"Resource not found for the segment '{segment}'.");

    public static DataverseError Header(int status, string name, string expected) =>
        new(status, "0x0", $"The header '{name}' must be '{expected}'.");

    public Reply ToReply(params IReadOnlyList<(string Name, string Value)> headers) => new(
        Status,
        new JsonObject { ["error"] = new JsonObject { ["code"] = Code, ["message"] = Message } }.ToJsonString(),
        "application/json; odata.metadata=minimal",
        [("OData-Version", "4.0"), .. headers]);

    public Fault ToFault(params IReadOnlyList<(string Name, string Value)> headers)
    {
        var reply = ToReply(headers);
        return Fault.Status(reply.Code, reply.Body, reply.ContentType, reply.Headers);
    }

    private static DataverseError Payload(string inner) => new(
        400,
        "0x80048d19",
        "Error identified in Payload provided by the user for Entity :'leads', For more information on this error please follow this help link "
        + $"https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : {inner}");
}
