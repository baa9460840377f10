using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace InstrumentShare.Kernel;

/// <summary>SHA-256 over canonical JSON: UTF-8, no white space, members in ordinal order, no escapes beyond JSON's own.</summary>
public static class Digest
{
    private static readonly JsonWriterOptions Canonical = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Lower-case hexadecimal digest of one JSON value.</summary>
    public static string Of(JsonElement value) => Convert.ToHexStringLower(SHA256.HashData(CanonicalUtf8(value)));

    /// <summary>Lower-case hexadecimal digest of a sequence whose order has been fixed by the caller.</summary>
    public static string OfLines(IEnumerable<byte[]> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            hash.AppendData(line);
            hash.AppendData("\n"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static byte[] CanonicalUtf8(JsonElement value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Canonical)) Write(writer, value);
        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
