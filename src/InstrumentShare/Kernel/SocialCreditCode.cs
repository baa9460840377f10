namespace InstrumentShare.Kernel;

/// <summary>
/// The unified social credit code of a Chinese legal entity (统一社会信用代码): 18 characters, the last a check character.
/// Source: GB 32100-2015, weights 3^(i−1) mod 31 over the 31-character alphabet without I, O, S, V and Z.
/// </summary>
public static class SocialCreditCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    public static bool IsValid(string? code) =>
        code is { Length: 18 } && code.All(c => Alphabet.Contains(c, StringComparison.Ordinal)) && code[17] == CheckCharacter(code.AsSpan(0, 17));

    /// <summary>The check character of the first 17 characters, each of which must be in the alphabet.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> first17)
    {
        var sum = 0;
        var weight = 1;
        foreach (var c in first17)
        {
            sum += Alphabet.IndexOf(c, StringComparison.Ordinal) * weight;
            weight = weight * 3 % 31;
        }

        return Alphabet[(31 - (sum % 31)) % 31];
    }
}
