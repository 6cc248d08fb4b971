namespace LeadFunctions.Store;

/// <summary>How much had a person's data in it.</summary>
internal readonly record struct Erasure(int Leads, int Refused)
{
    public static Erasure operator +(Erasure one, Erasure other) => new(one.Leads + other.Leads, one.Refused + other.Refused);
}
