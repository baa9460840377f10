using System.Collections.Frozen;
using System.Numerics;
using System.Text.Json;

namespace InstrumentShare.Subsidies.Language;

/// <summary>The words by which enumeration values stand in policies, in facts and in answers: camelCase, and <c>project:city</c>.</summary>
public static class Lexicon
{
    /// <summary>The tags that exclude, in the order in which they are named.</summary>
    public const Tag Excluding = (Tag)((1 << 13) - 1);

    /// <summary>The tags that exclude under every policy: the instrument was not opened to another unit, or the claim came twice.</summary>
    public const Tag AlwaysExcluding = Tag.SameEntity | Tag.DuplicateClaim;

    public const Tag OfUsers = Tag.HighTech | Tag.Qianfan | Tag.NetworkMember;

    public const Tag OfServices = Tag.ProjectResearch | Tag.ProjectCity;

    public static string Of<T>(T value) where T : struct, Enum => Words<T>.ByValue[value];

    public static bool TryParse<T>(string? word, out T value) where T : struct, Enum
    {
        value = default;
        return word is not null && Words<T>.ByWord.TryGetValue(word, out value);
    }

    public static IEnumerable<string> All<T>() where T : struct, Enum => Words<T>.ByWord.Keys.Order(StringComparer.Ordinal);

    /// <summary>The word of every bit set, lowest first.</summary>
    public static IEnumerable<string> Each(Tag tags) => Bits((int)tags).Select(bit => Of((Tag)bit));

    public static IEnumerable<string> Each(Evidence evidence) => Bits((int)evidence).Select(bit => Of((Evidence)bit));

    public static IEnumerable<string> Each(Reasons reasons) => Bits((int)reasons).Select(NameOfBit);

    /// <summary>The one reason that an answer names; null when the line counts.</summary>
    public static string? First(Reasons reasons) =>
        reasons == Reasons.None ? null : NameOfBit(1 << BitOperations.TrailingZeroCount((int)reasons));

    private static string NameOfBit(int bit) => bit < (int)Reasons.OutsideWindow ? Of((Tag)bit) : Of((Reasons)bit);

    private static IEnumerable<int> Bits(int mask)
    {
        for (; mask != 0; mask &= mask - 1) yield return 1 << BitOperations.TrailingZeroCount(mask);
    }

    private static class Words<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> ByValue = Enum.GetValues<T>()
            .Where(v => !IsComposite(v)).Distinct().ToFrozenDictionary(v => v, Name);

        public static readonly FrozenDictionary<string, T> ByWord =
            ByValue.ToFrozenDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

        private static bool IsComposite(T value) =>
            typeof(T).IsDefined(typeof(FlagsAttribute), false) && BitOperations.PopCount(Convert.ToUInt32(value, null)) != 1;

        private static string Name(T value) => value switch
        {
            Tag.ProjectResearch => "project:research",
            Tag.ProjectCity => "project:city",
            _ => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()),
        };
    }
}
