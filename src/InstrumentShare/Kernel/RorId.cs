namespace InstrumentShare.Kernel;

/// <summary>
/// An id of the Research Organization Registry: <c>https://ror.org/0</c>, six characters of Crockford's base 32 and two check
/// digits by ISO 7064 MOD 97-10 (98 − (n × 100 mod 97)).
/// </summary>
public static class RorId
{
    private const string Prefix = "https://ror.org/";
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static bool IsValid(string? id)
    {
        if (id is null || !id.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var body = id.AsSpan(Prefix.Length);
        if (body.Length != 9 || body[0] != '0' || !char.IsAsciiDigit(body[7]) || !char.IsAsciiDigit(body[8])) return false;
        var number = 0L;
        foreach (var c in body[..7])
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0) return false;
            number = (number * 32) + digit;
        }

        return 98 - (number * 100 % 97) == ((body[7] - '0') * 10) + (body[8] - '0');
    }
}
