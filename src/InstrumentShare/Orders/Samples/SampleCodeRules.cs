namespace InstrumentShare.Orders.Samples;

/// <summary>
/// A sample's code: seven characters that people do not mistake for others (no I, L, O, U) and a check character by ISO/IEC 7064,
/// MOD 37,36, which finds every single wrong character. Codes whose check character could be mistaken are not given out.
/// </summary>
public static class SampleCodeRules
{
    public const int Length = 8;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const string Checked = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int M = 36;

    /// <summary>A code from a random source.</summary>
    public static string New(Random random)
    {
        while (true)
        {
            var text = string.Concat(Enumerable.Range(0, Length - 1).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            if (Alphabet.Contains(CheckOf(text), StringComparison.Ordinal)) return text + CheckOf(text);
        }
    }

    /// <summary>The code as it is kept: without spaces and hyphens, in capitals, look-alikes set right; null when it is no code.</summary>
    public static string? Read(string? typed)
    {
        var text = string.Concat((typed ?? string.Empty).Where(c => c is not (' ' or '-'))).ToUpperInvariant().Replace('O', '0').Replace('I', '1').Replace('L', '1');
        return text.Length == Length && text.All(c => Alphabet.Contains(c, StringComparison.Ordinal)) && CheckOf(text[..^1]) == text[^1] ? text : null;
    }

    /// <summary>As people read it: 7K2M-9QX4.</summary>
    public static string Show(string code) => $"{code[..4]}-{code[4..]}";

    private static char CheckOf(string text)
    {
        var p = M;
        foreach (var c in text)
        {
            var sum = (p + Checked.IndexOf(c, StringComparison.Ordinal)) % M;
            p = (sum == 0 ? M : sum) * 2 % (M + 1);
        }

        return Checked[(M + 1 - p) % M];
    }
}
